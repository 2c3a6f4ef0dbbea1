# Writes commit.h, which says of which commit a build is, when that has changed. Run at each build, with SOURCE (the repository) and
# OUTPUT (the header). Where there is no repository, as in an archive of the sources, it is "unknown", unless ARAZZO_COMMIT says it.
if(NOT ARAZZO_COMMIT)
  execute_process(COMMAND git -C "${SOURCE}" describe --always --dirty --abbrev=12 --exclude=*
    OUTPUT_VARIABLE ARAZZO_COMMIT OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status)
  if(NOT status EQUAL 0)
    set(ARAZZO_COMMIT unknown)
  endif()
endif()
file(CONFIGURE OUTPUT "${OUTPUT}" CONTENT "#define ARAZZO_COMMIT \"${ARAZZO_COMMIT}\"\n")
