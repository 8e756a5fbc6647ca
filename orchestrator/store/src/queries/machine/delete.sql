-- A machine takes no new executions from now on.
-- $1 machine
update machine set status = 'DELETING' where id = $1 and status <> 'DELETED'
