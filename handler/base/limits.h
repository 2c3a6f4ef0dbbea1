/* Every bound of the program, with its unit and its reason. The README's table is checked against this file. */
#ifndef ARAZZO_LIMITS_H
#define ARAZZO_LIMITS_H

#include <limits.h>
#include <stddef.h>

#define KIB(n) ((size_t)(n)*1024)
#define MIB(n) ((size_t)(n)*1024 * 1024)

/* Documents */
#define LIMIT_DOCUMENT_BYTES MIB(16)        /* one Arazzo or OpenAPI file; EC2's published description has 3.6 MB */
#define LIMIT_DOCUMENT_ARENA_BYTES MIB(512) /* all loaded documents; and, while they are loaded, their descriptions */
#define LIMIT_YAML_DEPTH 128                /* nesting of collections */
#define LIMIT_YAML_NODES 2000000            /* nodes after aliases are expanded: stops "billion laughs" */
#define LIMIT_YAML_ALIASES 1000             /* uses of an alias in one file */
#define LIMIT_YAML_ANCHORS 1000             /* anchors in one file: each alias looks through them */
#define LIMIT_YAML_DIRECTIVES 16            /* %TAG directives in one file: libyaml compares each with each */
#define LIMIT_SOURCE_DESCRIPTIONS 64        /* per Arazzo document */
#define LIMIT_DOCUMENTS 64                  /* Arazzo documents that refer to each other */
#define LIMIT_SOURCE_FILES 256 /* of descriptions that refer to each other: looked through for each reference */
#define LIMIT_BUNDLE_FILES 321 /* of one bundle: LIMIT_DOCUMENTS and LIMIT_SOURCE_FILES, and the entry document */
#define LIMIT_REFERENCES 16    /* `$ref` that lead to `$ref` */
#define LIMIT_OPERATION_PARAMETERS 1000 /* that a description has for one operation: names are compared one by one */
#define LIMIT_WIRE_SCHEMAS 20000        /* of one description that its used operations need, with their properties */
#define LIMIT_WIRE_DEPTH 64             /* parts (allOf, oneOf, anyOf) of one schema in each other */
#define LIMIT_WORKFLOW_STEPS 2000       /* steps of one workflow: each is looked at from each other */
#define LIMIT_WORKFLOWS 1000            /* of one document: ids are looked for one by one */
#define LIMIT_PARAMETERS 200            /* of one list; a workflow's are compiled for each of its steps */
#define LIMIT_ACTIONS 50                /* of one list; a workflow's are compiled for each of its steps */
#define LIMIT_OUTPUTS 1000              /* of one step or workflow: names are looked for one by one */
#define LIMIT_FINDINGS 1000             /* errors that are gathered in documents; those beyond are counted */
#define LIMIT_WARNINGS 100              /* what is told of documents that run, but were hardly meant so */

/* JSON */
#define LIMIT_JSON_DEPTH 128          /* nesting of arrays and objects; events and bodies */
#define LIMIT_JSON_VALUES 250000      /* in one text; a value takes up to 150 bytes of an arena */
#define LIMIT_BODY_DEPTH 120          /* nesting of a response, which becomes part of the deeper state */
#define LIMIT_JSON_NUMBER_BYTES 1024  /* one number's text */
#define LIMIT_JSON_EXPONENT_DIGITS 15 /* of one number: powers of ten stay within 64 bits */
#define LIMIT_JSON_POINTER_TOKENS 128
#define LIMIT_REPLACEMENTS 256 /* of one request body: each may search all of it */

/* Invocation */
#define LIMIT_INVOCATION_ARENA_BYTES MIB(96)   /* fits the 128 MB function */
#define LIMIT_EVENT_BYTES KIB(1024)            /* Step Functions passes 256 KiB, an asynchronous invocation 1 MiB */
#define LIMIT_RESPONSE_BYTES ((size_t)6291556) /* Lambda's limit for a function's response, measured */
#define LIMIT_STATE_BYTES_DEFAULT KIB(200)     /* ARAZZO_MAX_STATE_BYTES; under Step Functions' 262,144 */
#define LIMIT_STATE_BYTES_MAX KIB(960)         /* the response around it stays below LIMIT_EVENT_BYTES */
#define LIMIT_INPUTS 2000                      /* of one run: names are looked for one by one */
#define LIMIT_RUN_ID_BYTES 256
#define LIMIT_TOKEN_BYTES 36 /* a derived idempotency token: a UUID; AWS's services take 36, 64 or more */

/* HTTP */
#define LIMIT_URL_BYTES KIB(16)
#define LIMIT_HEADER_BYTES KIB(16)   /* one header's value */
#define LIMIT_HEADERS_BYTES KIB(256) /* all headers of a response */
#define LIMIT_HEADERS_COUNT 256
#define LIMIT_REQUEST_BODY_BYTES MIB(8)
#define LIMIT_CANONICAL_REQUEST_BYTES MIB(1) /* what is hashed to sign: URL, headers, not the body */
#define LIMIT_PRESIGN_SECONDS 604800         /* AWS's longest validity of a presigned URL: 7 days */
#define LIMIT_ERROR_BODY_BYTES KIB(64)       /* a longer body is not searched for an AWS error or request id */
#define LIMIT_RESPONSE_BODY_BYTES MIB(8)     /* a called API's answer, after decoding */
#define LIMIT_NAME_MS 5000                   /* looking a host's name up: when a resolver turns to its second server */
#define LIMIT_CONNECT_MS 5000   /* TCP, to all addresses of a host, and a proxy's tunnel; retries come after 1 s, 3 s */
#define LIMIT_HANDSHAKE_MS 5000 /* TLS */
#define LIMIT_REACH_MS 8000     /* these three together; of several addresses the first one gets half of it */
#define LIMIT_ANSWER_MS 30000   /* without a byte of an answer; API Gateway itself gives up after 29 s */
#define LIMIT_STALL_MS 10000    /* between two parts of an answer */
#define LIMIT_REQUEST_MS 60000  /* one request, when the deadline allows as much: 8 MiB at 1.1 Mbit/s */
#define LIMIT_CONNECTIONS 4     /* kept open between requests: an API's, a token server's, a scheduler's */
#define LIMIT_CONNECTION_IDLE_SECONDS 15 /* an older connection is not used again; servers close theirs from 20 s on */
#define LIMIT_DEADLINE_MARGIN_MS 500     /* kept for the answer to Lambda */

/* Requests of our own, and AWS credentials */
#define LIMIT_INQUIRY_MS 10000            /* one of them with its retries: for credentials, a secret or a token */
#define LIMIT_INQUIRY_BODY_BYTES MIB(1)   /* its answer: a schedule's input, in JSON; a secret has at most 64 KiB */
#define LIMIT_CREDENTIALS_RENEW_MS 900000 /* before they expire: 15 minutes, as AWS's tools take */
#define LIMIT_CREDENTIALS_LAST_MS 60000   /* of their time that must be left when renewing them fails: one request's */
#define LIMIT_CREDENTIALS_PAUSE_MS 60000  /* between two tries of renewing credentials that can still be used */
#define LIMIT_CREDENTIALS_ARENA_BYTES MIB(16)  /* what one load of them takes: both files, an answer */
#define LIMIT_PROFILE_FILE_BYTES MIB(1)        /* ~/.aws/credentials and ~/.aws/config */
#define LIMIT_PATH_BYTES KIB(4)                /* of one file: Linux's PATH_MAX */
#define LIMIT_CREDENTIAL_PROCESS_BYTES KIB(64) /* of what a credential_process prints */
#define LIMIT_CREDENTIAL_PROCESS_MS 60000      /* its time: somebody may have to type a code */

/* Scheduler mode */
#define LIMIT_SCHEDULE_INPUT_BYTES ((size_t)262144) /* EventBridge Scheduler's limit for a target's input */
#define LIMIT_SCHEDULE_LEASE_BYTES 64               /* kept free in an input: its lease has more members */
#define LIMIT_SCHEDULE_STATE_BYTES KIB(240)         /* the most that ARAZZO_MAX_STATE_BYTES may be then */
#define LIMIT_SCHEDULE_LEAD_SECONDS 15        /* a schedule is made at least so far ahead: one in the past is refused */
#define LIMIT_SCHEDULE_DELIVERY_SECONDS 21600 /* for which Scheduler tries to deliver an event */
#define LIMIT_SCHEDULE_DELIVERIES 185         /* how often it does: its own limit */
#define LIMIT_SCHEDULE_NAMES                                                                                           \
  8 /* of one run: two, or three when a delivery came late; or runs that wait for one ARN and are looked at */
#define LIMIT_SCHEDULE_PAGES 10     /* of a list of one run's schedules */
#define LIMIT_SCHEDULER_ATTEMPTS 10 /* requests for one call of Scheduler, the first included */
#define LIMIT_SCHEDULER_MS 40000    /* one such call with its retries, when the deadline allows as much */
#define LIMIT_LEASE_SECONDS 300 /* behind the deadline: later than both of Lambda's retries, after 1 and 2 minutes */
#define LIMIT_END_SECONDS 46800 /* the end of a run is kept: Lambda keeps an event for 6 h, Scheduler tries for 6 h */
#define LIMIT_LEASES 8          /* that fire in a row for one step, before its event is given to the dead letters */
#define LIMIT_SEQUENCE_MAX 999999999 /* of an event in its run */
#define LIMIT_WAKE_POINTERS 4        /* ARNs by which events can find one run */
#define LIMIT_WAKE_RESOURCES 10      /* of one event that are looked at */

/* Secrets of APIs that are not AWS */
#define LIMIT_SECRETS 64                  /* that ARAZZO_SECRETS names; and secrets and tokens that are kept */
#define LIMIT_SECURITY_SCHEMES 8          /* that one request has to meet together */
#define LIMIT_SECRET_AGE_MS 300000        /* a secret is fetched again after 5 minutes: it may have been rotated */
#define LIMIT_SECRET_ENTRY_BYTES KIB(512) /* of memory for one that is kept, with what its arena adds */
#define LIMIT_TOKEN_MARGIN_MS 60000       /* an access token is not used in its last minute */

/* Lambda Runtime API */
#define LIMIT_RUNTIME_EVENT_BYTES MIB(8)  /* one event as it arrives; Lambda sends up to 6 MiB */
#define LIMIT_RUNTIME_DRAIN_BYTES MIB(64) /* of an event that is too large, read and dropped to keep the connection */
#define LIMIT_RUNTIME_ARENA_BYTES MIB(4)  /* an invocation's headers, URLs and error reports */
#define LIMIT_RUNTIME_RECONNECTS 5        /* after a lost or refused connection */
#define LIMIT_RUNTIME_RECONNECT_MS 10     /* before the first of them; each later wait is twice as long */
#define LIMIT_RUNTIME_RESENDS 1           /* of an answer whose connection was lost after bytes had gone out */
#define LIMIT_RUNTIME_UNUSABLE 16         /* invocations in a row without a usable request id */
#define LIMIT_RUNTIME_ADDRESS_BYTES 256   /* AWS_LAMBDA_RUNTIME_API: a DNS name has at most 253, and a port */
#define LIMIT_RUNTIME_WORKERS 256         /* AWS_LAMBDA_MAX_CONCURRENCY: each worker is a process */
#define LIMIT_REQUEST_ID_BYTES 128        /* Lambda's have 36 */
#define LIMIT_TRACE_ID_BYTES KIB(1)       /* Lambda's have about 100, lineage included */
#define LIMIT_INVOCATION_MS 900000        /* Lambda's longest timeout: 15 minutes */
#define LIMIT_ERROR_TYPE_BYTES 256        /* Step Functions' limit for an error's name */
#define LIMIT_ERROR_MESSAGE_BYTES KIB(32) /* Step Functions' limit for an error's cause */
#define LIMIT_XRAY_MESSAGE_BYTES KIB(4)   /* of the message, in X-Ray's error cause */
#define LIMIT_XRAY_CAUSE_BYTES KIB(64)    /* the Runtime API's limit for that header */

/* Languages */
#define LIMIT_EXPRESSION_BYTES KIB(64) /* an expression, condition, query or pattern */
#define LIMIT_EXPRESSION_DEPTH 64      /* nesting of parentheses and filters */
#define LIMIT_EXPRESSION_SEGMENTS 128  /* names and indexes of one expression; as deep as JSON may be */
#define LIMIT_JSONPATH_NODES 1000000   /* nodes visited by one query */
#define LIMIT_JSONPATH_STEPS 50000000  /* links followed, values compared, regex work of one query: 1-2 s */
#define LIMIT_REGEX_MATCH 1000000      /* PCRE2's match limit, which holds for each place where a match can start */
#define LIMIT_REGEX_STEPS 50000000     /* parts of a pattern tried, or 16 bytes of text scanned, by one match: 1-2 s */
#define LIMIT_REGEX_DEPTH 100000       /* PCRE2's depth limit: (a|b)* needs one level for each character of the text */
#define LIMIT_REGEX_HEAP_KIB 16384     /* PCRE2's heap limit */
#define LIMIT_XPATH_STEPS 50000000 /* nodes visited, values compared, 16 bytes of text read by one expression: 1-2 s */

/* XML */
#define LIMIT_XML_BYTES MIB(8)   /* one document: as long as a response */
#define LIMIT_XML_DEPTH 128      /* nesting of elements */
#define LIMIT_XML_NODES 250000   /* elements, attributes, texts, comments; each takes 112 bytes of an arena */
#define LIMIT_XML_ATTRIBUTES 256 /* of one element: libxml2 compares each with each */
#define LIMIT_XML_NAMESPACES 256 /* declared by an element and those around it: each prefix looks through them */
#define LIMIT_XML_DECLARATIONS 0 /* inside of a DOCTYPE: stops "billion laughs" */

/* Values by the schemas of descriptions */
#define LIMIT_WIRE_STEPS 20000000 /* names compared to read or write one body: 0.2-0.5 s */

/* Runs */
#define LIMIT_STEPS_DEFAULT 2000 /* ARAZZO_MAX_STEPS: steps per run */
#define LIMIT_STEPS_MAX 1000000
#define LIMIT_WORKFLOW_DEPTH 16         /* workflows that run each other, the first included */
#define LIMIT_RUN_SECONDS_DEFAULT 43200 /* ARAZZO_RUN_TIMEOUT_SECONDS: 12 h */
#define LIMIT_RUN_SECONDS_MAX 31536000  /* one year: Step Functions' limit */
#define LIMIT_POLL_SECONDS_DEFAULT 60   /* ARAZZO_POLL_SECONDS */
#define LIMIT_POLL_SECONDS_MAX 86400
#define LIMIT_WAIT_SECONDS_MAX 86400 /* longest wait a response or retryAfter can ask for */
#define LIMIT_DURABLE_RETRIES 10     /* waits for a transient failure before the step fails */
#define LIMIT_GROWN_WAIT_SECONDS 900 /* such waits double up to this; ten take 53 to 105 minutes */
#define LIMIT_ATTEMPTS_DEFAULT 3     /* AWS_MAX_ATTEMPTS: requests in one invocation, the first included */
#define LIMIT_ATTEMPTS_MAX 20
#define LIMIT_BACKOFF_MS 20000 /* AWS standard mode's longest delay */
#define LIMIT_ONCE_MS 2000     /* the least time for a request that can not be sent again */
#define LIMIT_RETRY_QUOTA 500  /* tokens of AWS standard mode's retry quota, per sandbox */
#define LIMIT_CLOCK_SKEW_MS                                                                                            \
  240000                    /* a clock that differs by less is not corrected; services refuse from 5 minutes on */
#define LIMIT_RETRY_MS 1000 /* no retry starts with less time: it would end as a timeout, which says less */

/* Pictures of workflows */
#define LIMIT_GRAPH_CELLS 100000  /* places in one workflow's SVG: its boxes, and where arrows pass by others; 1-2 s */
#define LIMIT_GRAPH_BYTES MIB(16) /* one picture: viewers give up long before */

/* Logs */
#define LIMIT_LOG_ARENA_BYTES MIB(1)
#define LIMIT_LOG_LINE_BYTES KIB(224) /* CloudWatch took 256 KiB for years; 28 fields of escaped values fit */
#define LIMIT_LOG_VALUE_BYTES KIB(1)  /* also CloudWatch's limit for the value of a metric's dimension */
#define LIMIT_LOG_COMMON_FIELDS 16    /* that all lines of an invocation have: who, where, which run */

/* Metrics */
#define LIMIT_METRICS_NAMESPACE_BYTES 255 /* CloudWatch's limit */
#define LIMIT_METRICS_BYTES KIB(4)        /* what a line says of its metrics: their names and units, two namespaces */

/* Traces of the command line */
#define LIMIT_TRACE_BYTES MIB(64)  /* one that is replayed: 2000 polls with answers of 8 KiB, and their headers */
#define LIMIT_TRACE_VALUES 1000000 /* in it; a value takes up to 150 bytes of an arena */

/* Masking of secrets in logs and errors */
#define LIMIT_MASKING_SECRETS 1000    /* values marked `format: password` in the inputs of a run */
#define LIMIT_MASKING_STEPS 5000000   /* bytes compared for one text: 20-50 ms; beyond, the whole text is masked */
#define LIMIT_MASKING_WORD_BYTES 4    /* a shorter secret is masked only as a whole word: others would be unreadable */
#define LIMIT_MASKING_PREFIX_BYTES 16 /* so much of a secret's beginning is masked, too: it may have been cut */
#define LIMIT_MASKING_BASE64_BYTES 8  /* the least of a secret's base64 that is searched for inside of a longer one */

#endif
