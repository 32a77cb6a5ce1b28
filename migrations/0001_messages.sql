-- The index: conversations, messages in daily partitions, recall marks, quarantine.

-- A conversation owns a sequence: a group, or one topic of a community (facts: TopicId where there
-- is one, else GroupId). The number stands in the big tables instead of two long strings.
create table conversations (
  conversation_id bigint generated always as identity primary key,
  app_id          bigint not null,
  group_id        text   not null,
  topic_id        text   not null default '',  -- '' : the group itself
  group_type      text   not null default '',  -- the callback's Type; '' : not known
  first_seen_at   timestamptz not null default now(),
  unique (app_id, group_id, topic_id)
);

-- Immutable: written once by the receiver, dropped by the day. That a message was recalled is a row
-- in recall_marks, so an event that overtakes its message, or a replayed message, needs no care.
create table messages (
  conversation_id bigint      not null,
  msg_seq         bigint      not null,
  app_id          bigint      not null,
  msg_time        timestamptz not null,
  received_at     timestamptz not null,
  message_types   integer     not null,          -- bits, see packages/shared/src/messages/message-types.ts
  sender          text        not null,
  text            text        not null,          -- what people see, all elements of the message
  folded          text,                          -- its search form; null: the same as text
  pieces          integer[]   not null,          -- two-character pieces of the search form
  raw             text,                          -- the callback's body as it came; null: not kept
  primary key (conversation_id, msg_seq, msg_time)
) partition by range (msg_time);

create index messages_sender on messages (app_id, sender, msg_time);
create index messages_time   on messages (app_id, msg_time);
create index messages_pieces on messages using gin (pieces);

-- Catches what has no partition of its own (clocks gone wrong, times before the first day), so that
-- no callback is ever refused for its time.
create table messages_default partition of messages default;

-- Makes the partition of one UTC day and moves rows of that day out of the default partition.
-- True when it was made by this call.
create function ensure_message_partition(day date) returns boolean
language plpgsql as $$
declare
  part text := 'messages_' || to_char(day, 'YYYYMMDD');
  lower_end timestamptz := day::timestamp at time zone 'UTC';
  upper_end timestamptz := (day + 1)::timestamp at time zone 'UTC';
begin
  perform pg_advisory_xact_lock(hashtext('chat-recall partitions'));
  -- By a query, not to_regclass: that would answer from a cache filled before the wait.
  if exists (select from pg_class where oid = any (array(select inhrelid from pg_inherits
               where inhparent = 'messages'::regclass)) and relname = part) then
    return false;
  end if;
  execute format('create table %I (like messages including defaults including constraints)', part);
  if exists (select from messages_default where msg_time >= lower_end and msg_time < upper_end) then
    lock table messages_default in access exclusive mode;
    execute format(
      'with moved as (delete from messages_default where msg_time >= %L and msg_time < %L returning *)
       insert into %I select * from moved', lower_end, upper_end, part);
  end if;
  execute format('alter table messages attach partition %I for values from (%L) to (%L)',
                 part, lower_end, upper_end);
  return true;
end $$;

-- The daily partitions there are, by their first moment.
create view message_partitions as
  select c.relname as name, to_date(substr(c.relname, 10), 'YYYYMMDD') as day
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
   where i.inhparent = 'messages'::regclass and c.relname ~ '^messages_[0-9]{8}$';

-- That a message is recalled, by whomever; before or after the message itself is known.
create table recall_marks (
  conversation_id bigint      not null,
  msg_seq         bigint      not null,
  recalled_at     timestamptz not null,  -- the earliest time told
  operator        text,                  -- Operator_Account of the callback
  recall_id       uuid,                  -- the recall of ours that was answered RetCode 0
  answered_at     timestamptz,           -- when that answer came
  callback_at     timestamptz,           -- when Group.CallbackAfterRecallMsg told it
  primary key (conversation_id, msg_seq)
);

-- Callbacks that the database refused for their content, kept as they came.
create table quarantine (
  id          bigint generated always as identity primary key,
  received_at timestamptz not null default now(),
  app_id      bigint not null,
  command     text   not null,
  raw         bytea  not null,
  error       text   not null
);

do $$ begin
  for d in -31 .. 7 loop
    perform ensure_message_partition((now() at time zone 'UTC')::date + d);
  end loop;
end $$;
