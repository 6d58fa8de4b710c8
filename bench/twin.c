/*
 * The simulator's twin for the bench: the same load, throttle, disks and statistics as main/simulate over main/throttle, for
 * the one case that bench/simulate-loads.ts makes, written in plain C. Groups of members that keep 16 requests of 4 KiB
 * outstanding, 70 % reads, random places; 1000 requests a second per group; disks of 10 us. It says how many
 * requests were done, which is to the last one what Weir says: the bench holds them against each other.
 *
 *   twin GROUPS MEMBERS virtual SECONDS      requests done by then, how many of them reads, how many delayed
 *   twin GROUPS MEMBERS wall MS              requests per second of wall time
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define DEPTH 16
#define AVG 1000.0
#define BUCKET (AVG / 10)
#define SERVICE_NS 10000.0
#define BYTES 4096.0
#define PLACES 262144.0 /* 1 GiB of 4 KiB */
#define NS_PER_S 1e9
#define BINS 1344
#define ROWS 37
#define NEVER INFINITY

/* --- random numbers: sfc32, as main/load/random.ts --- */

typedef struct { uint32_t a, b, c, counter; } Random;

static uint32_t draw(Random *r) {
  uint32_t sum = r->a + r->b + r->counter;
  r->a = r->b ^ (r->b >> 9);
  r->b = r->c + (r->c << 3);
  r->c = ((r->c << 21) | (r->c >> 11)) + sum;
  r->counter += 1;
  return sum;
}

static uint32_t hash(const char *text, uint32_t basis) {
  uint32_t value = basis;
  for (; *text; text += 1) value = (value ^ (uint8_t)*text) * 0x01000193u;
  value = (value ^ (value >> 16)) * 0x85ebca6bu;
  value = (value ^ (value >> 13)) * 0xc2b2ae35u;
  return value ^ (value >> 16);
}

static void seed_random(Random *r, uint32_t seed, const char *salt) {
  *r = (Random){ hash(salt, 0x9e3779b9u), hash(salt, 0x85ebca6bu), seed, 0 };
  for (int i = 0; i < 12; i += 1) draw(r);
}

/* --- what was done: 32 bins an octave of 1/1024 us, as main/stats/log-linear.ts --- */

typedef struct {
  double requests, bytes, delayed, service_sum, wait_max, service_max;
  double waits[BINS], services[BINS], rows[ROWS];
} Flow;

static int bin_of(double ns) {
  double units = ns * 1.024;
  int shift = 0;
  if (units >= 2147483648.0) { units /= 1048576.0; shift = 20; if (units > 1073741824.0) units = 1073741824.0; }
  uint32_t u = (uint32_t)units;
  int octave = 31 - __builtin_clz(u | 31) - 4;
  int bin = (octave <= 0 ? (int)u : (octave << 5) + (int)((u >> (octave - 1)) & 31)) + shift * 32;
  return bin < BINS ? bin : BINS - 1;
}

static void count(Flow *f, double wait, double service) {
  f->requests += 1;
  f->bytes += BYTES;
  f->service_sum += service;
  if (wait > f->wait_max) f->wait_max = wait;
  if (service > f->service_max) f->service_max = service;
  int bin = bin_of(wait), row = (bin >> 5) <= 5 ? 0 : (bin >> 5) - 5;
  f->waits[bin] += 1;
  f->services[bin_of(service)] += 1;
  f->rows[row < ROWS ? row : ROWS - 1] += 1;
}

/* --- one group and its members --- */

typedef struct { double arrival, go, finish; int direction; } Request;

typedef struct {
  Random random;
  int outstanding, dirty, waiting_count[2], waiting_head[2], disk_count, disk_head, queued_max;
  double waiting[2][DEPTH]; /* when each arrived */
  Request disk[DEPTH];
  double disk_free, throttled_since, throttled, changed, queued;
  Flow flows[2];
} Member;

typedef struct {
  int members, armed[2], token[2], pending[2], timer_is_due, dirty_count;
  int *dirty;
  double now, level, stamp;
  uint64_t done;
  Member *member;
  /* Events: two timers, then each member's disk, then its load; a heap of ids by time, rank and turn. */
  int events, heap_count, *heap, *place;
  double *time, *order, orders;
} Group;

static int before(const Group *g, int a, int b) {
  return g->time[a] < g->time[b] || (g->time[a] == g->time[b] && g->order[a] < g->order[b]);
}

static void put(Group *g, int place, int id) { g->heap[place] = id; g->place[id] = place; }

static void sift_up(Group *g, int place, int id) {
  for (int parent; place > 0 && before(g, id, g->heap[parent = (place - 1) / 2]); place = parent) put(g, place, g->heap[parent]);
  put(g, place, id);
}

static void sift_down(Group *g, int place, int id) {
  for (;;) {
    int child = 2 * place + 1;
    if (child >= g->heap_count) break;
    if (child + 1 < g->heap_count && before(g, g->heap[child + 1], g->heap[child])) child += 1;
    if (before(g, id, g->heap[child])) break;
    put(g, place, g->heap[child]);
    place = child;
  }
  put(g, place, id);
}

static void clear_event(Group *g, int id) {
  int place = g->place[id];
  if (place < 0) return;
  g->place[id] = -1;
  g->heap_count -= 1;
  if (place == g->heap_count) return;
  int last = g->heap[g->heap_count];
  if (place > 0 && before(g, last, g->heap[(place - 1) / 2])) sift_up(g, place, last);
  else sift_down(g, place, last);
}

static void set_event(Group *g, int id, double time) {
  clear_event(g, id);
  g->time[id] = time;
  g->order[id] = (id < 2 ? 0 : 0x1p50) + g->orders;
  g->orders += 1;
  g->heap_count += 1;
  sift_up(g, g->heap_count - 1, id);
}

/* --- the throttle, as main/throttle --- */

static int waiting_of(const Member *m) { return m->waiting_count[0] + m->waiting_count[1]; }

static void note_change(Member *m, int requests, double now) {
  m->queued += requests * (now - m->changed);
  m->changed = now;
}

static void serve(Group *g, int index, int direction, double arrival) {
  Member *m = &g->member[index];
  Request *r = &m->disk[(m->disk_head + m->disk_count) % DEPTH];
  double begin = m->disk_free > g->now ? m->disk_free : g->now;
  m->disk_free = begin + SERVICE_NS;
  *r = (Request){ arrival, g->now, m->disk_free, direction };
  m->disk_count += 1;
  if (m->disk_count == 1) set_event(g, 2 + index, r->finish);
}

static void start_timer(Group *g, int index, int direction, double deadline) {
  g->armed[direction] = index;
  g->token[direction] = index;
  if (deadline <= g->now) g->timer_is_due = 1;
  set_event(g, direction, deadline);
}

static int arm(Group *g, int index, int direction) {
  if (g->armed[direction] != -1) return 1;
  double delta = g->now - g->stamp;
  if (delta > 0) {
    g->stamp = g->now;
    double level = g->level - AVG * delta / NS_PER_S;
    g->level = level > 0 ? level : 0;
  }
  double extra = g->level - BUCKET;
  double wait = extra > 0 ? floor(extra * NS_PER_S / AVG) : 0;
  if (wait == 0) return 0;
  start_timer(g, index, direction, g->now + wait);
  return 1;
}

/* A newcomer joins at the head, and turns go from younger to older. */
static int next_member(const Group *g, int index) { return index == 0 ? g->members - 1 : index - 1; }

static int next_token(const Group *g, int index, int direction) {
  int waiting = g->pending[direction];
  if (waiting == 0 || g->member[index].waiting_count[direction] == waiting) return index;
  int token = g->token[direction], candidate = next_member(g, token);
  while (candidate != token && g->member[candidate].waiting_count[direction] == 0) candidate = next_member(g, candidate);
  return candidate;
}

static int schedule_next(Group *g, int index, int direction) {
  if (g->pending[direction] == 0) return 0;
  int next = next_token(g, index, direction);
  if (arm(g, next, direction)) return 0;
  if (g->member[index].waiting_count[direction] > 0) {
    g->token[direction] = index;
    return 1;
  }
  start_timer(g, next, direction, g->now);
  return 0;
}

static void grant_waiting(Group *g, int index, int direction) {
  Member *m = &g->member[index];
  int goes_on = 1;
  while (goes_on) {
    double arrival = m->waiting[direction][m->waiting_head[direction]];
    m->waiting_head[direction] = (m->waiting_head[direction] + 1) % DEPTH;
    m->waiting_count[direction] -= 1;
    g->pending[direction] -= 1;
    note_change(m, waiting_of(m) + 1, g->now);
    if (waiting_of(m) == 0) m->throttled += g->now - m->throttled_since;
    g->level += 1;
    serve(g, index, direction, arrival);
    goes_on = schedule_next(g, index, direction);
  }
}

static void fire(Group *g, int direction) {
  int index = g->armed[direction];
  g->armed[direction] = -1;
  if (g->member[index].waiting_count[direction] > 0) grant_waiting(g, index, direction);
  else schedule_next(g, index, direction);
}

static void submit(Group *g, int index, int direction) {
  Member *m = &g->member[index];
  int must_wait = g->armed[direction] != -1 || arm(g, next_token(g, index, direction), direction);
  if (must_wait || m->waiting_count[direction] > 0) {
    m->waiting[direction][(m->waiting_head[direction] + m->waiting_count[direction]) % DEPTH] = g->now;
    m->waiting_count[direction] += 1;
    g->pending[direction] += 1;
    note_change(m, waiting_of(m) - 1, g->now);
    if (waiting_of(m) == 1) m->throttled_since = g->now;
    if (waiting_of(m) > m->queued_max) m->queued_max = waiting_of(m);
    m->flows[direction].delayed += 1;
    return;
  }
  g->level += 1;
  schedule_next(g, index, direction);
  serve(g, index, direction, g->now);
}

/* --- the loads --- */

static double last_place; /* where the last request went: nobody asks, but it is drawn */

static void pull(Group *g, int index) {
  Member *m = &g->member[index];
  while (m->outstanding < DEPTH) {
    int direction = draw(&m->random) * 0x1p-32 < 0.7 ? 0 : 1;
    last_place = floor(draw(&m->random) * 0x1p-32 * PLACES) * BYTES;
    m->outstanding += 1;
    g->timer_is_due = 0;
    submit(g, index, direction);
    if (g->timer_is_due) {
      set_event(g, 2 + g->members + index, g->now);
      return;
    }
  }
}

static void touch(Group *g, int index) {
  if (g->member[index].dirty) return;
  g->member[index].dirty = 1;
  g->dirty[g->dirty_count] = index;
  g->dirty_count += 1;
}

static void pull_dirty(Group *g) {
  for (int i = 0; i < g->dirty_count; i += 1) {
    pull(g, g->dirty[i]);
    g->member[g->dirty[i]].dirty = 0;
  }
  g->dirty_count = 0;
}

static void finish(Group *g, int index) {
  Member *m = &g->member[index];
  Request *r = &m->disk[m->disk_head];
  m->disk_head = (m->disk_head + 1) % DEPTH;
  m->disk_count -= 1;
  count(&m->flows[r->direction], r->go - r->arrival, SERVICE_NS);
  g->done += 1;
  m->outstanding -= 1;
  touch(g, index);
  if (m->disk_count > 0) set_event(g, 2 + index, m->disk[m->disk_head].finish);
}

static void advance(Group *g, double until) {
  pull_dirty(g);
  while (g->heap_count > 0 && g->time[g->heap[0]] <= until) {
    int id = g->heap[0];
    g->now = g->time[id];
    clear_event(g, id);
    if (id < 2) fire(g, id);
    else if (id < 2 + g->members) finish(g, id - 2);
    else touch(g, id - 2 - g->members);
    if (g->dirty_count > 0) pull_dirty(g);
  }
  g->now = until;
}

static void create(Group *g, int number, int members) {
  memset(g, 0, sizeof *g);
  g->members = members;
  g->events = 2 + 2 * members;
  g->member = calloc((size_t)members, sizeof(Member));
  g->dirty = calloc((size_t)members, sizeof(int));
  g->heap = calloc((size_t)g->events, sizeof(int));
  g->place = malloc((size_t)g->events * sizeof(int));
  g->time = calloc((size_t)g->events, sizeof(double));
  g->order = calloc((size_t)g->events, sizeof(double));
  for (int id = 0; id < g->events; id += 1) g->place[id] = -1;
  g->armed[0] = g->armed[1] = -1;
  for (int index = 0; index < members; index += 1) {
    char name[64];
    snprintf(name, sizeof name, "g%d-d%d", number, index);
    seed_random(&g->member[index].random, 1, name);
    touch(g, index);
  }
}

static double wall_ms(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e3 + now.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int count = atoi(argv[1]), members = atoi(argv[2]);
  double most = atof(argv[4]);
  int is_wall = strcmp(argv[3], "wall") == 0;
  Group *groups = calloc((size_t)count, sizeof(Group));
  for (int i = 0; i < count; i += 1) create(&groups[i], i, members);
  double began = wall_ms();
  for (double second = 1; is_wall ? wall_ms() - began < most : second <= most; second += 1) {
    for (int i = 0; i < count; i += 1) advance(&groups[i], second * NS_PER_S);
  }
  double ms = wall_ms() - began, done = 0, reads = 0, delayed = 0;
  for (int i = 0; i < count; i += 1) {
    done += (double)groups[i].done;
    for (int index = 0; index < members; index += 1) {
      const Flow *flows = groups[i].member[index].flows;
      reads += flows[0].requests;
      delayed += flows[0].delayed + flows[1].delayed;
    }
  }
  if (is_wall) printf("%.0f\n", done * 1000 / ms);
  else printf("%.0f %.0f %.0f\n", done, reads, delayed);
  return 0;
}
