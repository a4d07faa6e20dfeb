// Checkpoints on disk: the newest whole one is found, two are kept, damage is seen. And wall times.
#include "input/errors.h"
#include "output/checkpoint.h"
#include "output/durable_file.h"
#include "tasks/evolution/interruption.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <gtest/gtest.h>
#include <limits>

using namespace lowland;
namespace fs = std::filesystem;

namespace
{
class Checkpoints : public testing::Test
{
protected:
  Checkpoints() : folder(testing::TempDir() + "checkpoint_test_XXXXXX")
  {
    if (!mkdtemp(folder.data()))
      throw std::runtime_error("no temporary folder");
  }
  ~Checkpoints() override { fs::remove_all(folder); }

  /// Two cells with three values each, and a state that says `when`.
  void write(int when)
  {
    const std::string records(2 * record_size(3), static_cast<char>('a' + when));
    CheckpointFolder(folder, MPI_COMM_WORLD).write({{"when", when}}, records, 3);
  }
  std::optional<Checkpoint> newest()
  {
    Log log(MPI_COMM_WORLD, true);
    return CheckpointFolder(folder, MPI_COMM_WORLD).newest(log);
  }
  int newest_when() { return newest()->state.at("when"); }
  std::string file(const std::string &name) const { return folder + "/checkpoint/" + name; }
  std::size_t n_files() const
  {
    return std::distance(fs::directory_iterator(file("")), fs::directory_iterator());
  }
  /// Changes one byte.
  void damage(const std::string &name, int place)
  {
    std::fstream stream(file(name), std::ios::in | std::ios::out | std::ios::binary);
    ASSERT_TRUE(stream) << name;
    stream.seekg(place);
    const char byte = stream.get();
    stream.seekp(place);
    stream.put(byte ^ 1);
  }

  std::string folder;
};
} // namespace

TEST_F(Checkpoints, AreReadAsTheyWereWritten)
{
  EXPECT_FALSE(newest());
  const double third = 1.0 / 3, nan = std::numeric_limits<double>::quiet_NaN();
  const std::string records(5 * record_size(2), 'x');
  CheckpointFolder checkpoints(folder, MPI_COMM_WORLD);
  const std::size_t n_bytes = checkpoints.write({{"third", third}, {"none", nan}}, records, 2);
  EXPECT_GT(n_bytes, records.size());
  const auto found = newest();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->number, 1u);
  EXPECT_EQ(found->state.at("third").get<double>(), third); // to the last bit
  EXPECT_TRUE(found->state.at("none").is_null());
  EXPECT_EQ(found->cells.size(), 5u);
  EXPECT_EQ(found->n_values, 2u);
  const auto next_block = checkpoints.blocks(*found);
  EXPECT_EQ(next_block(), records);
  EXPECT_EQ(next_block(), "");
}

TEST_F(Checkpoints, TwoAreKept)
{
  for (int when = 1; when <= 4; ++when)
    write(when);
  EXPECT_EQ(n_files(), 6u);
  EXPECT_EQ(newest_when(), 4);
  CheckpointFolder(folder, MPI_COMM_WORLD).keep_only_newest();
  EXPECT_EQ(n_files(), 3u);
  EXPECT_EQ(newest_when(), 4);
}

TEST_F(Checkpoints, DamageIsPassedOver)
{
  for (const std::string name : {"000002.cells", "000002.json", "000002.commit"})
    for (const int place : {3, 20})
    {
      fs::remove_all(file(""));
      write(1);
      write(2);
      damage(name, place);
      EXPECT_EQ(newest_when(), 1) << name << " with another byte " << place;
    }
}

TEST_F(Checkpoints, IncompletenessIsPassedOver)
{
  for (const std::string name : {"000002.cells", "000002.json", "000002.commit"})
    for (const bool cut : {false, true})
    {
      fs::remove_all(file(""));
      write(1);
      write(2);
      if (cut)
        fs::resize_file(file(name), fs::file_size(file(name)) / 2);
      else
        fs::remove(file(name));
      EXPECT_EQ(newest_when(), 1) << name << (cut ? " cut in two" : " missing");
    }
}

TEST_F(Checkpoints, ADamagedOneIsNotCountedAmongTheTwo)
{
  write(1);
  write(2);
  damage("000002.cells", 5);
  Log log(MPI_COMM_WORLD, true);
  CheckpointFolder checkpoints(folder, MPI_COMM_WORLD);
  EXPECT_EQ(checkpoints.newest(log)->state.at("when"), 1);
  checkpoints.write({{"when", 3}}, std::string(record_size(3), 'x'), 3);
  damage("000003.json", 4);
  EXPECT_EQ(newest_when(), 1);
}

TEST_F(Checkpoints, WithoutAWholeOneThereIsAnError)
{
  write(1);
  damage("000001.cells", 0);
  EXPECT_THROW(newest(), OutputError);
}

TEST_F(Checkpoints, ALaterFormatIsRefused)
{
  write(1);
  std::ofstream(file("000001.json")) << R"({"format": 1000, "values_per_cell": 3})";
  const std::string text = R"({"format": 1000, "values_per_cell": 3})";
  nlohmann::json commit = nlohmann::json::parse(std::ifstream(file("000001.commit")));
  commit["json"] = {{"bytes", text.size()}, {"crc32", crc32_of(text.data(), text.size())}};
  std::ofstream(file("000001.commit")) << commit;
  EXPECT_THROW(newest(), OutputError);
}

TEST_F(Checkpoints, AnUncommittedFileLeavesNothing)
{
  {
    DurableFile lost(folder + "/lost");
    lost.write("abc", 3);
  }
  EXPECT_TRUE(fs::is_empty(folder));
  DurableFile kept(folder + "/kept");
  kept.write("123456789", 9);
  kept.commit();
  EXPECT_EQ(kept.checksum(), 0xCBF43926u); // the check value of CRC-32
  EXPECT_EQ(fs::file_size(folder + "/kept"), 9u);
  EXPECT_THROW(DurableFile(folder + "/no/such/folder/file"), OutputError);
}

TEST(WallTime, IsReadAsSlurmWritesIt)
{
  EXPECT_EQ(parse_wall_time("90"), 5400);
  EXPECT_EQ(parse_wall_time("1:30"), 90);
  EXPECT_EQ(parse_wall_time("2:00:01"), 7201);
  EXPECT_EQ(parse_wall_time("1-12:00:00"), 36 * 3600);
  for (const char *wrong :
       {"", "soon", "-3", "1:2:3:4", "1-2", "1.5", "3:100", "1:", "99999999999999"})
    EXPECT_THROW(parse_wall_time(wrong), InputError) << wrong;
}

TEST_F(Checkpoints, AndStoppingAreAskedFor)
{
  const std::string stop_file = folder + "/stop";
  Interruption quiet(MPI_COMM_WORLD, stop_file, 1e6, {});
  EXPECT_EQ(quiet.poll(), Request::none);
  std::ofstream(stop_file) << "\n";
  EXPECT_EQ(quiet.poll(), Request::stop);
  EXPECT_EQ(quiet.reason(), "a file named stop");
  fs::remove(stop_file);
  EXPECT_EQ(quiet.poll(), Request::none);
  std::raise(SIGUSR1);
  EXPECT_EQ(quiet.poll(), Request::stop);
  EXPECT_EQ(quiet.reason(), "SIGUSR1");
  EXPECT_EQ(Interruption(MPI_COMM_WORLD, stop_file, 0, {}).poll(), Request::checkpoint);
  EXPECT_EQ(Interruption(MPI_COMM_WORLD, stop_file, 1e6, MPI_Wtime() - 1).poll(), Request::stop);
  EXPECT_EQ(Interruption(MPI_COMM_WORLD, stop_file, 1e6, MPI_Wtime() + 1e6).poll(), Request::none);
  setenv("SLURM_JOB_END_TIME", "1000", 1); // in 1970
  Interruption in_a_job(MPI_COMM_WORLD, stop_file, 1e6, {});
  unsetenv("SLURM_JOB_END_TIME");
  EXPECT_EQ(in_a_job.poll(), Request::stop);
  EXPECT_EQ(in_a_job.reason(), "the limit of the wall time");
}
