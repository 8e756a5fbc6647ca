-- Whether any migration has ever run here.
select to_regclass('_sqlx_migrations') is not null as migrated
