-- How many access keys there are and how many of them are revoked: keys are only ever made and revoked, so equal tallies mean equal keys.
select count(*) as made, count(revoked_at) as revoked from access_key
