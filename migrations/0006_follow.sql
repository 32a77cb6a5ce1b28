-- The tail of a recall: what matches and comes while it runs, and for a while after. Standing rules.

alter table outcomes add column late boolean not null default false;  -- came after the plan was frozen
alter table batches  add column late boolean not null default false;  -- holds late ones: goes before the others

-- That a recall goes on looking, and how far it has looked.
create table follows (
  recall_id     uuid primary key references recalls on delete cascade,
  seconds       integer not null,           -- from when the recall begins to run
  until         timestamptz,                -- of a rule; null: started_at + seconds
  sent_from     timestamptz,                -- only what was sent from then on; null: as the selector says
  since         timestamptz not null,       -- what the index received before is not late
  approve_above bigint,                     -- the plan grows to this unless another person approved it; null: any size
  max_messages  bigint,                     -- the plan grows to this; null: any size
  late          bigint not null default 0,  -- appended to the plan
  left_out      bigint not null default 0,  -- came, and found no room in the plan or in the day
  cause         text check (cause in ('limit', 'size', 'approval', 'cap', 'copy_gone')),  -- why the last was left out
  looked_at     timestamptz not null default now(),
  sweep_due_at  timestamptz not null default '-infinity',  -- when to look at all that the selector selects
  ended_at      timestamptz                 -- null: in force, or to come
) with (fillfactor = 50);
create index follows_open on follows (recall_id) where ended_at is null;

-- What a follow found and did not append, so that it is counted once.
create table left_out (
  recall_id       uuid   not null references follows on delete cascade,
  conversation_id bigint not null,
  msg_seq         bigint not null,
  msg_time        timestamptz not null,
  why             text   not null check (why in ('protected', 'limit', 'size', 'approval', 'cap')),
  primary key (recall_id, conversation_id, msg_seq)
);
create index left_out_cap on left_out (recall_id, msg_time desc) where why = 'cap';

-- A standing rule: a recall without a plan at first, which follows until it expires.
create table rules (
  recall_id   uuid primary key references follows on delete cascade,
  name        text,
  daily_cap   bigint not null,              -- messages a UTC day
  last_hit_at timestamptz
);

create table rule_days (
  recall_id uuid   not null references rules on delete cascade,
  day       date   not null,                -- UTC
  taken     bigint not null default 0,      -- appended to the plan
  left_out  bigint not null default 0,      -- found no room in the day
  primary key (recall_id, day)
);
