-- Takes an activity away with its tags; one that is not there is no error.
-- $1 namespace, $2 name
with gone as (
    delete from activity where namespace = $1 and name = $2 returning id
)
delete from tag where kind = 'ACTIVITY' and resource in (select id from gone)
