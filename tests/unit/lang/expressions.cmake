# Runtime expressions, templates and simple conditions.
arazzo_test(lang_expression_test SOURCES expression_test.c LINKS lang)
arazzo_test(lang_template_test SOURCES template_test.c LINKS lang)
arazzo_test(lang_selector_test SOURCES selector_test.c LINKS lang)
arazzo_test(lang_condition_test SOURCES condition_test.c LINKS lang)
arazzo_test(conformance_expressions SOURCES ${PROJECT_SOURCE_DIR}/tests/conformance/expressions.c LINKS lang)
