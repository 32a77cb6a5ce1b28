-- Keeping no more than may be kept: how long, how much of the texts, and what a person may have erased.

-- Days of which messages are in the index without their text, so that whoever looks for words is warned.
create table textless_days (
  app_id    bigint  not null,
  day       date    not null,   -- UTC, of MsgTime
  as_pieces boolean not null,   -- keyed hashes of its pieces are kept; false: nothing
  primary key (app_id, day, as_pieces)
);

-- Finds what is old, at next to no cost for what is written.
create index recall_marks_age on recall_marks using brin (recalled_at) with (pages_per_range = 16);
create index quarantine_age on quarantine (received_at);

-- When outcomes, batches and attempts of an ended recall were deleted for their age; its counts stay.
alter table recalls add column details_dropped_at timestamptz;
create index recalls_detailed on recalls (finished_at) where finished_at is not null and details_dropped_at is null;

-- The erasure of a person: `sender` becomes `erased:` and this row's id, wherever it stands.
create table erasures (
  id           uuid primary key,
  app_id       bigint not null,
  sender       text,                       -- whom; null once it is done: the record does not hold it, either
  reason       text   not null,
  requested_by text   not null,
  found        jsonb  not null,            -- what was counted before, by kind
  changed      jsonb  not null default '{}',  -- rows changed so far, by kind
  step         integer not null default 0, -- which step is under way,
  after        jsonb,                      -- and behind which key it goes on; null: at its beginning
  waits_for    jsonb,                      -- what must end first; null: nothing
  fence        integer not null default 0,
  lease_until  timestamptz,
  created_at   timestamptz not null default now(),
  started_at   timestamptz,
  finished_at  timestamptz
);
create unique index erasures_open on erasures (app_id, sender) where finished_at is null;
create index erasures_newest on erasures (created_at, id);
