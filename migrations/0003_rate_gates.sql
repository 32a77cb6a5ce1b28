-- The rate gate: GCRA on the database's clock, one per app and API, shared by all processes.
--
-- The theoretical arrival time is the value (µs) of an unlogged sequence and not a row: it changes up
-- to 190 times a second, and a row would leave as many dead versions behind for as long as any
-- transaction (a backup, a large plan) keeps an old snapshot. After a crash it starts without a burst.

create table rate_gates (
  name         text primary key,
  factor       real not null default 1,       -- share of the rate left when it was last throttled
  throttled_at timestamptz not null default 'epoch'
);

create function rate_gate_ensure(gate text) returns void
language plpgsql security definer set search_path from current as $$
begin
  perform pg_advisory_xact_lock(hashtext('chat-recall gates'));
  insert into rate_gates (name) values (gate) on conflict do nothing;
  execute format('create unlogged sequence if not exists %I', 'gate_' || gate);
end $$;

-- The rate in force: a throttled gate recovers by 5 % of the full rate a second.
create function rate_gate_factor(gate text) returns double precision
language sql stable as $$
  select least(1.0, factor + 0.05 * extract(epoch from clock_timestamp() - throttled_at)) from rate_gates where name = gate
$$;

-- Reserves up to `wanted` slots that begin within `horizon_us`; returns how many, and when: the k-th
-- (from 0) begins base_us + k * step_us from now, or now if that is negative.
create function rate_gate_take(gate text, per_second double precision, burst integer, wanted integer,
                               horizon_us bigint, out granted integer, out base_us bigint, out step_us bigint)
language plpgsql as $$
declare
  seq regclass;
  now_us bigint;
  tat bigint;
begin
  seq := format('%I', 'gate_' || gate)::regclass;
  perform pg_advisory_xact_lock(hashtext('chat-recall gate'), hashtext(gate));
  now_us := (extract(epoch from clock_timestamp()) * 1e6)::bigint;
  step_us := ceil(1e6 / greatest(0.2, per_second * coalesce(rate_gate_factor(gate), 1)))::bigint;
  tat := pg_sequence_last_value(seq);
  -- Never used, lost in a crash, or set by a clock that has since been put back: no burst.
  if tat is null or tat > now_us + 60000000 then
    tat := now_us + (burst - 1) * step_us;
  end if;
  tat := greatest(tat, now_us);
  base_us := tat - (burst - 1) * step_us - now_us;
  granted := greatest(0, least(wanted, (horizon_us - base_us) / step_us + 1));
  if base_us > horizon_us then granted := 0; end if;
  if granted > 0 then perform setval(seq, tat + granted * step_us); end if;
end $$;

-- Says that the platform refused a call for its frequency: three quarters of the rate in force, at
-- most once a second, never below a twentieth.
create function rate_gate_throttled(gate text) returns void
language sql as $$
  update rate_gates set factor = greatest(0.05, rate_gate_factor(gate) * 0.75), throttled_at = clock_timestamp()
   where name = gate and throttled_at < clock_timestamp() - interval '1 second'
$$;
