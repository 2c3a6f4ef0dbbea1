/* Turns JSON case files into named CMocka tests. */
#include "cases.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *cases_read_file(const char *path, size_t *length) {
  FILE *file = fopen(path, "rb");
  if (!file) {
    return NULL;
  }
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  char *text = size < 0 ? NULL : malloc((size_t)size + 1);
  if (text) {
    size_t got = fread(text, 1, (size_t)size, file);
    text[got] = '\0';
    if (length) {
      *length = got;
    }
  }
  fclose(file);
  return text;
}

const char *cases_conformance_path(const char *relative) {
  static char path[4096];
  const char *folder = getenv("CONFORMANCE_DATA");
  snprintf(path, sizeof path, "%s/%s", folder && *folder ? folder : "../shared/data", relative);
  FILE *file = fopen(path, "rb");
  if (!file) {
    printf("SKIPPED: no %s; set CONFORMANCE_DATA to the folder of the conformance data (see CONTRIBUTING.md)\n", path);
    return NULL;
  }
  fclose(file);
  return path;
}

const char *case_text(const cJSON *data, const char *member) {
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, member));
}

int cases_run_array(const char *group, const cJSON *array, CMUnitTestFunction function) {
  int count = cJSON_GetArraySize(array);
  if (count <= 0) {
    fprintf(stderr, "%s: no cases\n", group);
    return 1;
  }
  struct CMUnitTest *tests = calloc((size_t)count, sizeof *tests);
  struct case_state *states = calloc((size_t)count, sizeof *states);
  int failed = 1;
  if (tests && states) {
    size_t at = 0;
    for (const cJSON *item = array->child; item; item = item->next, at++) {
      const char *name = case_text(item, "name");
      states[at] = (struct case_state){.data = item, .name = name ? name : "unnamed"};
      tests[at] = (struct CMUnitTest){.name = states[at].name, .test_func = function, .initial_state = &states[at]};
    }
    failed = _cmocka_run_group_tests(group, tests, (size_t)count, NULL, NULL);
  }
  free(tests);
  free(states);
  return failed;
}

int cases_run(const char *group, const char *path, const char *member, CMUnitTestFunction function) {
  char *text = cases_read_file(path, NULL);
  cJSON *root = text ? cJSON_Parse(text) : NULL;
  free(text);
  if (!root) {
    fprintf(stderr, "%s: %s can't be read as JSON\n", group, path);
    return 1;
  }
  const cJSON *array = member ? cJSON_GetObjectItemCaseSensitive(root, member) : root;
  int failed = cases_run_array(group, array, function);
  cJSON_Delete(root);
  return failed;
}
