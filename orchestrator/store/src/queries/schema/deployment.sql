-- What was drawn when the database was made.
select secret, homes from deployment
