-- How many items a map run's child has got: lists of a run's children show it.
set local lock_timeout = '5s';

alter table execution add column item_count integer;
