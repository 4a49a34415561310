-- model: stg_person
-- owner: revops
-- grain: person_id
-- materialized: view
-- rules: REV-20
-- description: The one reader of people.
-- column person_id: Person
-- column person_name: Shown name or role
SELECT p.person_id, COALESCE(p.name, p.person_id) AS person_name FROM raw_people AS p
