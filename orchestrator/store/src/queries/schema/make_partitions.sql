-- Makes the partitions of the coming months. The clock only says how far ahead; a row goes where its id says.
select
    make_partitions('execution', now() + interval '3 months') + make_partitions('history', now() + interval '3 months')
    as made
