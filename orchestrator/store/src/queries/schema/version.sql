-- The newest migration that has been applied, and the oldest that a server must know.
select
    (select max(version) from _sqlx_migrations where success) as version,
    (select compatible_from from deployment) as compatible_from
