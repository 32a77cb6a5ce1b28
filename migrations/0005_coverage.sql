-- What the index holds of each conversation, where a message came from, and how well a recall is proved.

-- Where the row came from: 0 callback, 1 registered by the app, 2 history, 3 hourly file. When a message
-- comes from several, the lower number is kept: see packages/shared/src/messages/insert-messages.ts.
alter table messages add column source smallint not null default 0;

create function sequences_in(ranges int8multirange) returns bigint
language sql immutable parallel safe as $$
  select coalesce(sum(upper(r) - lower(r)), 0)::bigint from unnest(ranges) r
$$;

-- Where a conversation begins for the index: at its first known sequence, or at 1 when that is a page away at
-- most, for the first callbacks of a new group may be lost, too.
create function coverage_first(known int8multirange) returns bigint
language sql immutable parallel safe as $$
  select case when lower(known) <= 20 then 1 else coalesce(lower(known), 1) end
$$;

-- Sequences from there to the newest known of that are not accounted for.
create function coverage_missing(known int8multirange, told_until bigint) returns bigint
language sql immutable parallel safe as $$
  select case when isempty(known) then 0
              else greatest(upper(known) - 1, told_until) - coverage_first(known) + 1 - sequences_in(known) end
$$;

-- Which sequences of a conversation are accounted for. Gaps are normal, since group tips take numbers, too:
-- a gap is a question, which is put to the platform's history once.
create table coverage (
  conversation_id bigint primary key,
  known           int8multirange not null default '{}',  -- indexed, or asked for and told
  recalled        int8multirange not null default '{}',  -- of known: recalled before the index had seen them
  placeholders    int8multirange not null default '{}',  -- of known: deleted, expired, or never there
  system          int8multirange not null default '{}',  -- of known: group tips
  unreachable     int8multirange not null default '{}',  -- of known: missed, and there is no history to ask
  told_until      bigint not null default 0,             -- newest sequence that the platform told of
  told_at         timestamptz,                           -- since when it tells of some that no callback brought
  history         text not null default 'open' check (history in ('open', 'none', 'gone', 'refused')),
  due_at          timestamptz,                           -- when gaps may be asked for; null: there is none
  due_below       bigint,                                -- the gaps below this sequence
  failures        integer not null default 0,            -- askings in a row that failed
  active_at       timestamptz not null default now(),    -- newest sign of a message
  tail_due_at     timestamptz not null default now(),    -- when to ask for the newest sequence
  missing         bigint generated always as (coverage_missing(known, told_until)) stored
) with (fillfactor = 70);
create index coverage_due on coverage (due_at) where due_at is not null;
create index coverage_tail on coverage (tail_due_at) where history <> 'gone';
create index coverage_told on coverage (told_at) where told_at is not null;
create index coverage_missing_first on coverage (missing desc, conversation_id) where missing > 0;

-- What was indexed before there was a coverage.
insert into coverage (conversation_id, known, active_at, due_at, due_below)
  select conversation_id, known, active_at, case when coverage_missing(known, 0) > 0 then now() end, upper(known)
    from (select conversation_id, range_agg(int8range(msg_seq, msg_seq + 1)) as known, max(msg_time) as active_at
            from messages group by 1) seen;

-- Adds sequences that are accounted for, and sets when the gaps between them are asked about: those that
-- are there now, 30 s from now, for callbacks come in any order.
create function coverage_note(ids bigint[], ranges text[], active timestamptz[]) returns void
language sql as $$
  insert into coverage as c (conversation_id, known, active_at, due_at, due_below)
  select n.id, n.seen, n.active,
         case when coverage_missing(n.seen, 0) > 0 then now() + interval '30 seconds' end, upper(n.seen)
    from (select u.id, u.seen::int8multirange as seen, u.active from unnest(ids, ranges, active) as u (id, seen, active)
           order by 1) n
  on conflict (conversation_id) do update
     set known = c.known + excluded.known,
         -- Told to be nowhere, and came after all.
         recalled = c.recalled - excluded.known, placeholders = c.placeholders - excluded.known,
         unreachable = c.unreachable - excluded.known,
         active_at = greatest(c.active_at, excluded.active_at), told_at = null,
         due_at = case when coverage_missing(c.known + excluded.known, c.told_until) > 0
                       then coalesce(c.due_at, now() + interval '30 seconds') end,
         due_below = case when c.due_at is null then greatest(upper(c.known), upper(excluded.known)) else c.due_below end,
         tail_due_at = least(c.tail_due_at, now() + interval '60 seconds')
$$;

-- Groups that were disbanded and topics that were destroyed: their messages can no longer be recalled.
alter table conversations add column gone_at timestamptz;

-- Grades of proof beside the answer to the call.
alter table recall_marks add column verified_at timestamptz;  -- when history showed it as recalled
alter table outcomes
  add column asked_at     timestamptz,  -- when history was asked about an attempt without an answer
  add column disproved_at timestamptz;  -- when history showed it still there although its recall was answered

-- How many recalled sequences of a recall are proved, and how; over shards as the counts are.
create table recall_grades (
  recall_id uuid     not null,
  shard     smallint not null,
  answered  bigint not null default 0,   -- RetCode 0, or presumed
  confirmed bigint not null default 0,   -- the recall callback came
  verified  bigint not null default 0,   -- history shows it
  proved    bigint not null default 0,   -- either of the two
  primary key (recall_id, shard)
);
insert into recall_grades (recall_id, shard, answered, confirmed, proved)
  select recall_id, 0, count(*), count(callback_at), count(callback_at) from recall_marks
   where recall_id is not null group by 1;

-- One row for each recall and statement, in the order of the recalls: finishing an attempt holds the row of
-- one recall only, and a statement about several takes theirs in one order.
create function recall_marks_graded() returns trigger
language plpgsql as $$
declare
  part smallint := floor(random() * 8);
begin
  if tg_op = 'DELETE' then
    update recall_grades g
       set answered = g.answered - d.answered, confirmed = g.confirmed - d.confirmed,
           verified = g.verified - d.verified, proved = g.proved - d.proved
      from (select recall_id, count(*) as answered, count(callback_at) as confirmed, count(verified_at) as verified,
                   count(*) filter (where callback_at is not null or verified_at is not null) as proved
              from before_rows where recall_id is not null group by 1) d
     where g.recall_id = d.recall_id and g.shard = (select min(shard) from recall_grades m where m.recall_id = d.recall_id);
  elsif tg_op = 'INSERT' then
    insert into recall_grades as g (recall_id, shard, answered, confirmed, verified, proved)
    select recall_id, part, count(*), count(callback_at), count(verified_at),
           count(*) filter (where callback_at is not null or verified_at is not null)
      from after_rows where recall_id is not null group by 1 order by 1
    on conflict (recall_id, shard) do update
       set answered = g.answered + excluded.answered, confirmed = g.confirmed + excluded.confirmed,
           verified = g.verified + excluded.verified, proved = g.proved + excluded.proved;
  else
    insert into recall_grades as g (recall_id, shard, answered, confirmed, verified, proved)
    select a.recall_id, part, count(*) filter (where b.recall_id is null),
           count(a.callback_at) - count(b.callback_at) filter (where b.recall_id is not null),
           count(a.verified_at) - count(b.verified_at) filter (where b.recall_id is not null),
           count(*) filter (where a.callback_at is not null or a.verified_at is not null)
             - count(*) filter (where b.recall_id is not null and (b.callback_at is not null or b.verified_at is not null))
      from after_rows a join before_rows b using (conversation_id, msg_seq)
     where a.recall_id is not null group by 1 order by 1
    on conflict (recall_id, shard) do update
       set answered = g.answered + excluded.answered, confirmed = g.confirmed + excluded.confirmed,
           verified = g.verified + excluded.verified, proved = g.proved + excluded.proved;
  end if;
  return null;
end $$;
create trigger recall_marks_inserted after insert on recall_marks
  referencing new table as after_rows for each statement execute function recall_marks_graded();
create trigger recall_marks_deleted after delete on recall_marks
  referencing old table as before_rows for each statement execute function recall_marks_graded();
create trigger recall_marks_updated after update on recall_marks
  referencing old table as before_rows new table as after_rows for each statement execute function recall_marks_graded();

-- Reading back what a recall did, and what it is about to do.
alter table recalls
  add column verify_senders  boolean not null default false,  -- planned senders are compared with history first
  add column refresh         boolean not null default false,  -- planned texts are read again from history first
  add column check_state     text check (check_state in ('wanted', 'done')),  -- null: no check before it runs
  add column verify_state    text check (verify_state in ('wanted', 'done')), -- null: not verified by history
  add column verify_all      boolean not null default false,  -- also what was confirmed by callback
  add column walk_after      bigint[],                        -- where checking or verifying goes on: conversation, sequence
  add column walk_lease_until timestamptz,
  add column checked         bigint not null default 0,       -- sequences compared with history
  add column unverifiable    bigint not null default 0;       -- sequences that history could not speak of
create index recalls_walking on recalls (created_at) where check_state = 'wanted' or verify_state = 'wanted';

-- What a check before the recall took out of its plan, and what was seen to be edited.
create table plan_findings (
  recall_id       uuid   not null references recalls on delete cascade,
  conversation_id bigint not null,
  msg_seq         bigint not null,
  finding         text   not null check (finding in ('sender_differs', 'no_match', 'edited')),
  sender          text,               -- whom the index names
  told_sender     text,               -- whom history names
  text            text,               -- what it says now, when it was edited
  found_at        timestamptz not null default now(),
  primary key (recall_id, conversation_id, msg_seq)
);

-- What the platform's other callbacks told, by kind and day; for the health page.
create table callback_counts (
  day     date   not null,
  app_id  bigint not null,
  command text   not null,
  count   bigint not null default 0,
  last_at timestamptz not null default now(),
  details jsonb,                      -- of the newest one: what an alarm said
  primary key (day, app_id, command)
);

-- Reading the history of a whole app into the index.
create table backfills (
  id               uuid primary key,
  app_id           bigint  not null,
  state            text    not null check (state in ('listing', 'running', 'paused', 'completed', 'cancelled', 'failed')),
  kind             text    not null check (kind in ('history', 'files')),
  requested_by     text    not null,
  since            timestamptz not null,         -- how far back
  estimate         boolean not null,             -- stops once all is listed, so that its cost can be judged
  note             text,                         -- why it is paused or failed: see backfill-notes.ts
  next_groups      text    not null default '0', -- get_appid_group_list's Next, 64-bit; '': all groups are listed
  groups_told      bigint,                       -- how many groups there are, as the platform says
  calls_per_second double precision,             -- the rate of the workers, for what is reckoned beforehand
  calls            bigint  not null default 0,   -- for listing
  fence            integer not null default 0,
  due_at           timestamptz not null default '-infinity', -- when listing may be taken up, or over
  failures         integer not null default 0,   -- of listing, in a row
  listed_at        timestamptz,
  created_at       timestamptz not null default now(),
  finished_at      timestamptz
);
create unique index backfills_one_open on backfills (app_id) where state in ('listing', 'running', 'paused');
create index backfills_newest on backfills (app_id, id desc);

-- One conversation, or one hour's files, of a backfill: the unit that is resumed.
create table backfill_parts (
  backfill_id     uuid    not null references backfills on delete cascade,
  part            text    not null,      -- group id, with the topic's after a line feed, or YYYYMMDDHH (Beijing)
  step            text    not null check (step in ('type', 'topics', 'pages', 'hour')), -- what is to be done next
  state           text    not null default 'waiting'
                  check (state in ('waiting', 'running', 'done', 'failed', 'excluded')),
  conversation_id bigint,
  newest          bigint,                -- where it begins, 0: no message
  below           bigint,                -- what is above this sequence is in the index; null: not begun
  blank_pages     smallint not null default 0, -- pages in a row of which nothing is left
  missing         bigint  not null default 0,  -- sequences, or hours, that were to be asked for
  calls_estimated bigint  not null default 0,
  fence           integer not null default 0,
  due_at          timestamptz not null default '-infinity', -- when it may be taken, or taken over
  failures        integer not null default 0,  -- in a row
  calls           bigint  not null default 0,
  messages        bigint  not null default 0,
  note            text,                        -- see backfill-notes.ts
  primary key (backfill_id, part)
);
create index backfill_parts_due on backfill_parts (backfill_id, due_at) where state in ('waiting', 'running');

-- Calls of the last minutes, in slots of ten seconds.
create table backfill_rates (
  backfill_id uuid not null references backfills on delete cascade,
  slot        timestamptz not null,
  calls       bigint not null,
  primary key (backfill_id, slot)
);
