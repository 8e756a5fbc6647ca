-- Children of map runs name their run: they are listed by it, and not among their machine's executions.
set local lock_timeout = '5s';

alter table execution add column map_run uuid;

create index execution_by_map_run on execution (map_run, id) where map_run is not null;
