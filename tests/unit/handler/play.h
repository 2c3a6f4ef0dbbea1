/* Scheduler mode, simulated: the handler against an Image Builder and a Scheduler in memory, on a clock that jumps from one event to the next. */
#ifndef ARAZZO_PLAY_H
#define ARAZZO_PLAY_H

#include "handler.h"
#include "world.h"

#define ARN "arn:aws:imagebuilder:eu-west-1:123456789012:image/web/1.0.0/1"
#define FUNCTION "arn:aws:lambda:eu-west-1:123456789012:function:f"
#define SCHEDULES 32
#define DELIVERIES 64
#define MOST_INVOCATIONS 100
#define TIMEOUT_MS 60000

extern const char play_state_event[]; /* of the image: it is about ARN */
extern const char play_start_event[];

struct one_schedule {
  char name[80];
  int64_t at_ms;
  char *input;
};

struct one_delivery {
  int64_t at_ms;
  char *event;
  int retries; /* that Lambda has left */
  bool is_copy;
};

enum doubling { ONCE, TWICE_AT_ONCE, TWICE_LATE };

/* The two services, and what is on its way to the function. */
struct play {
  struct world world;
  struct arena *documents;
  cJSON *environment;
  struct handler handler;
  const char *final; /* the image's last status */
  struct one_schedule schedules[SCHEDULES];
  size_t schedule_count;
  struct one_delivery deliveries[DELIVERIES];
  size_t delivery_count;
  enum doubling doubling;
  long dies_at; /* the number of the request that the function dies at; -1: it lives */
  bool dies_behind;
  bool is_dead;
  long requests;
  int creations, gets, deletions; /* that had an effect, or none: gets */
  bool is_deleted;
  char token[80];
  int64_t ended_ms;
  int ends; /* answers that say that the run is over */
  char result[65536];
  bool wakes;           /* each state of the image is told by an event */
  const char *function; /* whose alias is invoked */
  int sends;            /* requests to create an image */
  char *meanwhile; /* an event that another instance of the function takes at the request `meanwhile_at`; NULL: none */
  long meanwhile_at;
  bool meanwhile_behind;
  bool is_race;        /* a step may be done twice: docs/adr/0012, Consequences */
  bool last_failed;    /* the last invocation */
  char last[4096];     /* what it answered */
  int late_updates;    /* updates that are throttled, and take 20 s for it */
  const char *list;    /* what lists are answered with; NULL: what there is */
  const char *refuses; /* a status line of Scheduler for every request; NULL: it works */
};

/* The image's last status is `final`; with `wakes` events may end waits, each state of the image is told by one, and a poll comes each hour. */
void play_open(struct play *play, const char *final, bool wakes);
void play_close(struct play *play);

/* A start event arrives; the services are as they were at first. The function dies at the request `dies_at` (-1: never). */
void play_begin(struct play *play, long dies_at, bool dies_behind, enum doubling doubling);
void play_go_to_the_end(struct play *play);
void play_go_until_it_polls(struct play *play);
void play_run(struct play *play, long dies_at, bool dies_behind, enum doubling doubling);

/* One image, deleted once where it failed, an end, and nothing left; what fails names the play by the other arguments. */
void play_is_well(const struct play *play, long dies_at, bool behind, enum doubling doubling);

/* One thing happens: whatever is due first. False when nothing is left. */
bool play_happen(struct play *play);

/* The event `meanwhile` is taken now. */
void play_happen_meanwhile(struct play *play);

/* The schedule fires; it is deleted. */
void play_fire(struct play *play, size_t index);
void play_remove_schedule(struct play *play, size_t index);
void play_clear(struct play *play);

/* An event comes: by way of Lambda's queue, doubled if the play says so; at once, without a retry; or as it is said. */
void play_arrive(struct play *play, const char *event);
void play_deliver(struct play *play, const char *event);
void play_invoke(struct play *play, const struct one_delivery *delivery);
void play_drop_delivery(struct play *play, const char *event);

#endif
