-- Removes the row of a node that is gone, once no execution names it.
-- $1 node
delete from node
where id = $1 and state <> 'ALIVE' and not exists (select from execution where owner = $1)
