-- Ends the deletion of machines of which nothing runs any more: their names are free.
update machine set status = 'DELETED'
where status = 'DELETING'
    and not exists (select from execution where execution.machine = machine.id and execution.status = 'RUNNING')
