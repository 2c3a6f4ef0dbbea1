# XPath 1.0 over XML.
arazzo_test(lang_xpath_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/xpath_test.c LINKS lang)
arazzo_test(lang_xpath_bounds_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/xpath_bounds_test.c LINKS lang)
