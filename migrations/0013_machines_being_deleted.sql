-- The sweep of deleted machines looks once a second: at those alone, not at every machine.
set local lock_timeout = '5s';

create index machine_being_deleted on machine (id) where status = 'DELETING';
