-- Processes under roles of their own (roles/tables.sql) own nothing. What takes an owner they have done by functions
-- that run as the owner of the tables, with a search path that nobody else can put anything into.

-- A partition is open to whoever the whole table is open to: some statements name it.
create function open_message_partition(part regclass) returns void
language plpgsql as $$
declare open_to record;
begin
  for open_to in
    select r.rolname, a.privilege_type from pg_class c, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
     where c.oid = 'messages'::regclass and a.grantee <> c.relowner
  loop
    execute format('grant %s on %s to %I', open_to.privilege_type, part, open_to.rolname);
  end loop;
end $$;

create or replace function ensure_message_partition(day date) returns boolean
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
  perform open_message_partition(part::regclass);
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

-- Drops the partition of a UTC day that is over, under the caller's lock_timeout.
create function drop_message_partition(day date) returns void
language plpgsql as $$
begin
  if day >= (now() at time zone 'UTC')::date then
    raise exception 'the day % is not over', day;
  end if;
  execute format('drop table if exists %I', 'messages_' || to_char(day, 'YYYYMMDD'));
end $$;

-- Has the statistics of a table made anew: they hold frequent values word for word.
create function analyze_table(target regclass) returns void
language plpgsql as $$ begin execute format('analyze %s', target); end $$;

do $$
declare f regprocedure;
begin
  foreach f in array array[
    'ensure_message_partition(date)', 'drop_message_partition(date)', 'analyze_table(regclass)',
    'rate_gate_ensure(text)', 'rate_gate_take(text, double precision, integer, integer, bigint)',
    'coverage_note(bigint[], text[], timestamptz[])', 'merge_pieces(integer[])', 'recall_marks_graded()', 'audit_append()'
  ]::regprocedure[] loop
    execute format('alter function %s security definer set search_path = %I, pg_temp', f, current_schema());
    execute format('revoke execute on function %s from public', f);
  end loop;
end $$;

-- A log-in by the provider of identities bears who it is, as the provider said; null: of a token.
alter table sessions
  add column name   text,
  add column person text,
  add column role   text check (role in ('viewer', 'moderator', 'approver', 'admin')),
  add check (num_nulls(name, person, role) in (0, 3)),
  add check (token_id is null or person is null);
