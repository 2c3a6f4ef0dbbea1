/* Idempotency tokens that are constants: the second run gets what the first one made, or a refusal. Tokens are known by their names.
 * An input of the name that ARAZZO_TOKEN_INPUTS has (clientToken, unless it is set) is derived from the run by this engine even
 * where the document has a default; others send the default. */
#include "literals.h"
#include "word.h"

static const char *const token_words[] = {"clienttoken",     "clientrequesttoken", "idempotencytoken", "idempotencykey",
                                          "xidempotencykey", "creationtoken",      "callerreference",  NULL};

static void check_literal(struct lint *lint, const struct document *document, const struct literal *literal) {
  if (!word_is_among(literal->name, token_words)) {
    return;
  }
  if (literal->role == LITERAL_DEFAULT) {
    lint_warn(
        lint, "constant-token", document, literal->node,
        "the input '%.*s' is an idempotency token, but its default is a constant: a second run would get what the "
        "first one made; leave the default out (this engine makes a token for each run where ARAZZO_TOKEN_INPUTS "
        "names the input; others send the default)",
        SV_ARG(literal->name));
    return;
  }
  lint_warn(
      lint, "constant-token", document, literal->node,
      "'%.*s' is an idempotency token, but is a constant: a second run would get what the first one made; pass an "
      "input that is new for each run, such as $inputs.clientToken",
      SV_ARG(literal->name));
}

void check_tokens(struct lint *lint) {
  literals_each(lint, check_literal);
}
