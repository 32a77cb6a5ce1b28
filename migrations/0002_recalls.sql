-- Recalls, their frozen plan, the outcome of every sequence, every attempt.

create type outcome_state as enum
  ('pending', 'recalled', 'not_found', 'expired', 'not_recallable', 'failed', 'unknown', 'cancelled');
create type batch_state as enum ('waiting', 'queued', 'running', 'done');

create table recalls (
  id              uuid primary key,
  app_id          bigint not null,
  state           text   not null check (state in ('planning', 'planned', 'awaiting_approval', 'running',
                    'paused', 'completed', 'completed_with_failures', 'cancelled', 'failed')),
  selector        jsonb  not null,
  reason          text   not null,
  mode            text   not null check (mode in ('plan', 'execute')),
  priority        smallint not null,               -- 1 urgent, 2 normal, 3 bulk
  requested_by    text   not null,
  source          text   not null check (source in ('api', 'queue')),
  idempotency_key text,
  request_hash    text   not null,
  matched         bigint not null default 0,
  plan_until      timestamptz,                     -- frozen down to here; null: not begun
  plan_fence      integer not null default 0,
  plan_lease_until timestamptz,
  refused_conversations bigint[] not null default '{}',  -- groups that said 10007 in a row
  pause_code      integer,                         -- the platform's code that stopped it
  state_note      text,                            -- why it is paused or failed, in words
  created_at      timestamptz not null default now(),
  planned_at      timestamptz,
  started_at      timestamptz,
  finished_at     timestamptz,
  unique (app_id, idempotency_key)
);
create index recalls_newest on recalls (created_at, id);
create index recalls_active on recalls (state) where state in ('planning', 'running', 'paused');

-- Counts of a recall, spread over rows so that workers do not queue for one row's lock.
create table recall_counters (
  recall_id      uuid     not null references recalls on delete cascade,
  shard          smallint not null,
  pending        bigint not null default 0,
  recalled       bigint not null default 0,
  not_found      bigint not null default 0,
  expired        bigint not null default 0,
  not_recallable bigint not null default 0,
  failed         bigint not null default 0,
  unknown        bigint not null default 0,
  cancelled      bigint not null default 0,
  batches_total  bigint not null default 0,
  batches_done   bigint not null default 0,
  primary key (recall_id, shard)
);

-- One row per planned sequence: the plan and what became of it.
create table outcomes (
  recall_id       uuid          not null,
  conversation_id bigint        not null,
  msg_seq         bigint        not null,
  sent_at         timestamptz,                    -- null: the index had not seen it
  last_attempt_at timestamptz,
  lost_since      timestamptz,                    -- the first attempt whose answer never came
  state           outcome_state not null,
  ret_code        integer,
  attempts        smallint      not null default 0,
  tries           smallint      not null default 0,  -- attempts since it was last taken up
  presumed        boolean       not null default false,
  sender          text,
  primary key (recall_id, conversation_id, msg_seq)
) with (fillfactor = 85);
-- Few rows for most recalls: what people filter for.
create index outcomes_notable on outcomes (recall_id, state, conversation_id, msg_seq)
  where state not in ('pending', 'recalled');

-- How many sequences of a conversation are to be called: numbers the batches while a plan is frozen
-- in slices, so that the calls are exactly the sum of ceil(n / 10).
create table plan_conversations (
  recall_id       uuid   not null,
  conversation_id bigint not null,
  called          bigint not null,
  primary key (recall_id, conversation_id)
);

-- One row per call that the plan needs: up to ten sequences of one conversation.
create table batches (
  recall_id       uuid        not null,
  conversation_id bigint      not null,
  part            integer     not null,
  round           integer     not null default 0,  -- how often it was put into the queue
  job_starts      integer     not null default 0,  -- starts of this round's job already dealt with
  fence           integer     not null default 0,  -- how often it was taken by a worker
  state           batch_state not null default 'waiting',
  newest          timestamptz not null,            -- its newest message; -infinity: none known
  not_before      timestamptz not null default '-infinity',
  queued_at       timestamptz,
  lease_until     timestamptz,
  worker          text,
  msg_seqs        bigint[]    not null,
  primary key (recall_id, conversation_id, part)
) with (fillfactor = 80);
create index batches_waiting on batches (recall_id, not_before, newest desc) where state = 'waiting';
create index batches_queued  on batches (queued_at) where state = 'queued';
create index batches_running on batches (lease_until) where state = 'running';

-- Every HTTP call, written before it is made.
create table attempts (
  attempt_id      bigint generated always as identity primary key,
  recall_id       uuid        not null,
  conversation_id bigint      not null,
  part            integer     not null,
  fence           integer     not null,
  started_at      timestamptz not null default now(),
  finished_at     timestamptz,
  http_status     smallint,
  error_code      integer,     -- the envelope's ErrorCode; null: no answer
  result          text check (result in ('answered', 'lost', 'not_sent')),
  worker          text        not null,
  msg_seqs        bigint[]    not null,
  ret_codes       integer[]    -- one for each of msg_seqs; null: none told
);
create index attempts_batch on attempts (recall_id, conversation_id, part);
