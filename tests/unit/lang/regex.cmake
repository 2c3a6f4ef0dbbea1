# Regular expressions: PCRE2 and I-Regexp.
arazzo_test(lang_regex_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/regex_test.c LINKS lang)
arazzo_test(lang_regex_pattern_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/regex_pattern_test.c LINKS lang)
