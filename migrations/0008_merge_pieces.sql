-- New entries of a GIN index wait in a list until they are merged into it. Left to itself Postgres has the insert
-- that makes the list too long do the merging, and with it all callbacks of that insert wait. The receiver merges
-- often, on a connection of its own. With the rights of the owner, for Postgres asks for no less.
create function merge_pieces(days integer[])  -- counted from 1970-01-01, UTC
  returns void language plpgsql security definer set search_path from current as $$
declare
  index regclass;
begin
  -- One at a time: another one merges the same entries.
  if not pg_try_advisory_xact_lock(hashtext('chat-recall pieces')) then
    return;
  end if;
  for index in
    select i.indexrelid
      from unnest(days) as d (day)
      join pg_class part on part.relname = 'messages_' || to_char(date '1970-01-01' + d.day, 'YYYYMMDD')
      join pg_inherits tables on tables.inhrelid = part.oid and tables.inhparent = 'messages'::regclass
      join pg_index i on i.indrelid = part.oid
      join pg_inherits indexes on indexes.inhrelid = i.indexrelid and indexes.inhparent = 'messages_pieces'::regclass
  loop
    perform gin_clean_pending_list(index);
  end loop;
end $$;
