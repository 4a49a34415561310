-- stg_person for snowflake; made by hedgerow.warehouse.transpile, not to be edited
SELECT
  p.person_id,
  COALESCE(p.name, p.person_id) AS person_name
FROM raw_people AS p
