# The scripts of postprocess/cluster under a SLURM of one node, which this test starts and ends itself. Skipped
# where SLURM is not installed (Debian: slurm-wlm) or does not start.
source "$(dirname "$0")/expect.sh"
scripts=$source_folder/postprocess/cluster
export PATH=$PATH:/usr/sbin
for program in munged slurmctld slurmd sbatch; do
  command -v "$program" > /dev/null || { echo "no $program here: skipped"; exit 77; }
done

stop() {
  for daemon in slurmd slurmctld munged; do
    [ ! -s "$work/$daemon.pid" ] || kill "$(cat "$work/$daemon.pid")" 2> /dev/null || true
  done
  sleep 1
  rm -rf "$work"
}
trap stop EXIT

# A node that claims four cores, so that jobs of several ranks start anywhere.
port=$((20000 + $$ % 20000))
cat > "$work/slurm.conf" << END
ClusterName=test
SlurmctldHost=$(hostname -s)(127.0.0.1)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthInfo=socket=$work/munge.socket
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
NodeName=$(hostname -s) NodeAddr=127.0.0.1 CPUs=4
PartitionName=test Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
export SLURM_CONF=$work/slurm.conf
start() {
  chmod 755 "$work"
  mkdir "$work/state" "$work/spool"
  head -c 128 /dev/urandom > "$work/munge.key"
  chmod 400 "$work/munge.key"
  munged --force --socket="$work/munge.socket" --key-file="$work/munge.key" \
    --pid-file="$work/munged.pid" --log-file="$work/munged.log" --seed-file="$work/seed" &&
    slurmctld && slurmd
}
wait_until_idle() {
  for ((i = 0; i < 60; ++i)); do
    [ "$(sinfo --noheader --format %t 2> /dev/null)" != idle ] || return 0
    sleep 0.5
  done
  return 1
}
if ! start > "$work/start.log" 2>&1 || ! wait_until_idle; then
  echo "SLURM does not start here: skipped"
  cat "$work/start.log"
  exit 77
fi

wait_for_all_jobs() {
  while [ -n "$(squeue --noheader)" ]; do sleep 0.5; done
}

mkdir jobs
cd jobs
cat > well.prm << 'END'
set Dimension = 1
subsection Landscape
  set Kind = quadratic
end
subsection Time
  set End = 0.01
  set Tolerance = 0.01
end
subsection Spectrum
  set Number of eigenvalues = 2
end
END
export LOWLAND=$lowland

sbatch --wait --ntasks=2 "$scripts/job.sbatch" evolve well.prm --output one > /dev/null || fail "job.sbatch"
grep -q '"ranks": 2' one/summary.json || fail "job.sbatch did not run on 2 ranks"

sweep=(well.prm --verb spectrum --vary "Noise/Learning rate=0.1, 0.2, 0.4" --output swept)
sbatch --wait --array=0-2 "$scripts/array.sbatch" "${sweep[@]}" > /dev/null || fail "array.sbatch"
"$lowland" sweep "${sweep[@]}" --quiet
[ "$(grep -c '^case_' swept/sweep.csv)" -eq 3 ] || fail "array.sbatch left no table of three cases"

# A job that ends as soon as it may: every link goes one step on, and the whole is as if never stopped.
steps=(--set "Time/Time step=0.005" --set "Time/Output times=0, 0.01")
"$lowland" evolve well.prm --output whole --quiet "${steps[@]}"
sbatch "$scripts/chain.sbatch" well.prm --output linked --wall-time 0:00 "${steps[@]}" > /dev/null
wait_for_all_jobs
same_to_round_off whole/observables.csv linked/observables.csv || fail "chain.sbatch"
[ "$(ls lowland-chain-*.txt | wc -l)" -gt 1 ] || fail "chain.sbatch has one job"

# A program that reaches the limit twice before it is done: three jobs, with the resources of the first.
cat > stops_twice << 'END'
#!/usr/bin/env bash
[ "$*" = "evolve well.prm --output chain --auto" ] || exit 1
echo "$SLURM_NTASKS $(squeue --noheader --job "$SLURM_JOB_ID" --format %l)" >> links
[ "$(wc -l < links)" -gt 2 ] || exit 5
END
chmod +x stops_twice
LOWLAND=./stops_twice LOWLAND_LAUNCH=env sbatch --ntasks=2 --time=0:07:00 "$scripts/chain.sbatch" well.prm --output chain > /dev/null
wait_for_all_jobs
[ "$(cat links)" = $'2 7:00\n2 7:00\n2 7:00' ] || fail "chain.sbatch: $(cat links)"
# The same without end.
echo 'exit 5' >> stops_twice
LOWLAND=./stops_twice LOWLAND_LAUNCH=env LOWLAND_MOST_LINKS=2 sbatch "$scripts/chain.sbatch" well.prm --output chain > /dev/null
wait_for_all_jobs
[ "$(wc -l < links)" -eq 5 ] || fail "chain.sbatch did not end at LOWLAND_MOST_LINKS"
[ "$failures" -eq 0 ] || cat ./*.txt
finish
