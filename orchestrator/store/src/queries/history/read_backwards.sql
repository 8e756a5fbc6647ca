-- History rows by falling seq, until a limit of rows or of bytes is reached; at least one where there is one.
-- $1 home, $2 id, $3 seq to begin with, $4 rows at most, $5 bytes at most
select seq, last_seq, first_public, last_public, at, format, events
from (
    select seq, last_seq, first_public, last_public, at, format, events, sum(octet_length(events)) over (order by seq desc) - octet_length(events) as bytes_before
    from history
    where home = $1 and id = $2 and seq <= $3
    order by seq desc
    limit $4
) as page
where bytes_before < $5
order by seq desc
