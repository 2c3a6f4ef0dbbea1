# JSONPath: RFC 9535 and the comparison form.
arazzo_test(lang_jsonpath_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/jsonpath_test.c LINKS lang)
arazzo_test(lang_jsonpath_bounds_test SOURCES ${CMAKE_CURRENT_LIST_DIR}/jsonpath_bounds_test.c LINKS lang)
arazzo_test(conformance_jsonpath SOURCES ${PROJECT_SOURCE_DIR}/tests/conformance/jsonpath.c LINKS lang)
