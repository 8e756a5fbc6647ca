-- A machine takes no new executions from now on, and what stood beside its name goes at once: versions, aliases, tags.
-- $1 machine
with m as (
    update machine set status = 'DELETING' where id = $1 and status <> 'DELETED' returning id
),
v as (delete from machine_version where machine in (select id from m)),
a as (delete from machine_alias where machine in (select id from m)),
t as (delete from tag where kind = 'MACHINE' and resource in (select id from m))
select id from m
