/* A program that is started without standard output gives its number to the next file or connection that it opens, and what is
 * printed goes there: into a trace, or to a server. So what is missing is opened as /dev/null, and the other way round, for reading
 * where it is written to: printing fails then, as it should, and the exit status tells. */
#include "standard_files.h"

#include <fcntl.h>
#include <unistd.h>

static void hold(int number, int flags) {
  if (fcntl(number, F_GETFD) != -1) {
    return;
  }
  int opened = open("/dev/null", flags); /* the lowest free number: those below are held */
  if (opened >= 0 && opened != number) {
    close(opened);
  }
}

void standard_files_hold(void) {
  hold(STDIN_FILENO, O_WRONLY);
  hold(STDOUT_FILENO, O_RDONLY);
  hold(STDERR_FILENO, O_RDONLY);
}
