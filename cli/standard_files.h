/* Standard input, output and error are there, or at least nothing else has their numbers. */
#ifndef ARAZZO_STANDARD_FILES_H
#define ARAZZO_STANDARD_FILES_H

/* Holds the numbers 0, 1 and 2 where the program was started without these files (`>&-`). */
void standard_files_hold(void);

#endif
