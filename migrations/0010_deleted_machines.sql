-- Executions of deleted machines are found by their machine's name.
set local lock_timeout = '5s';

create index machine_that_is_gone on machine (namespace, name, id) where status = 'DELETED';
