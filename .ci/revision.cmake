# Writes the header OUTPUT with the revision of the source in SOURCE, only when that has changed:
#   cmake -D SOURCE=... -D OUTPUT=... -P .ci/revision.cmake
# In a clone git tells it; in an archive of a commit, `git archive` has put the hash between the brackets.
cmake_minimum_required(VERSION 3.25)
set(revision [[$Format:%h$]])
execute_process(COMMAND git describe --always --dirty --abbrev=12 WORKING_DIRECTORY ${SOURCE}
                OUTPUT_VARIABLE described OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET
                RESULT_VARIABLE failed)
if(EXISTS ${SOURCE}/.git AND failed EQUAL 0)
  set(revision ${described})
elseif(revision MATCHES "Format")
  set(revision unknown)
endif()
file(CONFIGURE OUTPUT ${OUTPUT} CONTENT "#define LOWLAND_REVISION \"${revision}\"\n")
