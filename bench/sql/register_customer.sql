-- What the command register-customer sends to PostgreSQL, statement by statement and round trip by
-- round trip, as captured from the server's log; only the values that must differ are drawn here.
\set n random(1, 1000000000000)
\startpipeline
BEGIN;
SELECT set_config('gerencia.units', 'bench,bench-mty', true), set_config('gerencia.person', 'b6a1b526-4b01-53b4-9478-fac2309f860c', true), set_config('gerencia.own', '0', true);
SELECT pg_try_advisory_xact_lock(:n);
SAVEPOINT effect;
\endpipeline
SELECT pg_try_advisory_xact_lock(:n) AS free, kept.request, kept.status, kept.answer, kept.mark FROM (VALUES (1)) AS one LEFT JOIN idempotency AS kept ON kept.actor = 'b6a1b526-4b01-53b4-9478-fac2309f860c' AND kept.operation = 'customers.register-customer' AND kept.key = :n::text;
WITH RECURSIVE above AS (SELECT unit, parent, country, 0 AS height FROM units WHERE unit = 'bench-mty' UNION ALL SELECT u.unit, u.parent, u.country, height + 1 FROM units u JOIN above a ON u.unit = a.parent WHERE height < 50) SELECT u.unit, u.company, u.name, u.currency, (SELECT country FROM above WHERE country IS NOT NULL ORDER BY height LIMIT 1) AS country FROM units u WHERE u.unit = 'bench-mty';
INSERT INTO cards (customer, company, unit, owner, number, kind, currency, active, name, tax_id, email, phone, sort_key) VALUES (md5(:n::text)::uuid, 'bench', 'bench-mty', NULL, :n::text, 'company', 'MXN', true, 'Cliente ' || :n, NULL, NULL, NULL, 'cliente ' || :n) ON CONFLICT DO NOTHING;
INSERT INTO card_words (word, customer, unit, owner, sort_key) SELECT word, md5(:n::text)::uuid, 'bench-mty', NULL, 'cliente ' || :n FROM unnest(ARRAY['cliente', :n::text]) AS word;
WITH told AS (SELECT *, row_number() OVER (PARTITION BY entity ORDER BY place) AS nth, count(*) OVER (PARTITION BY entity) AS of_all FROM unnest(ARRAY[gen_random_uuid()], ARRAY[md5(:n::text)], ARRAY['customers.customer-changed.v1'], ARRAY['bench-mty'], ARRAY['{"unit":"bench-mty","customer":"01a208c4-5178-7f46-8a2e-ee66fa1e8453","number":"final","company":"bench","owner": null,"currency":"MXN","active": true}'], ARRAY['{"name":"Cliente","tax_id": null,"email": null,"phone": null}'], ARRAY['{"ce-origin":"live","ce-correlationid":"01a208c4-5174-76fd-a924-b98f6028cccd","traceparent":"00-f7cc874574753adc0b6601dc7f1880dc-8e770494fb27c2b9-00"}'], ARRAY[NULL::timestamptz]) WITH ORDINALITY AS t (id, entity, type, unit, body, personal, headers, occurred_at, place)), heads AS (INSERT INTO entity_heads AS head (entity, sequence) SELECT entity, count(*) FROM told GROUP BY entity ORDER BY entity ON CONFLICT (entity) DO UPDATE SET sequence = head.sequence + excluded.sequence RETURNING entity, sequence) INSERT INTO event_log (id, entity, sequence, type, unit, body, personal, headers, occurred_at) SELECT id, entity, heads.sequence - of_all + nth, type, unit, body::json, personal::json, headers::json, coalesce(occurred_at, now()) FROM told JOIN heads USING (entity) ORDER BY place;
\startpipeline
INSERT INTO idempotency (actor, operation, key, request, status, answer, mark) VALUES ('b6a1b526-4b01-53b4-9478-fac2309f860c', 'customers.register-customer', :n::text, '\xc2e67ced16c09552b35f287fd9a3d7f2002c815af64aab7b3c055c8ac4ca6ccc', 200, convert_to(repeat('x', 280), 'UTF8'), 'customers:01a208c4-5179-7006-990a-cecad2f533ee');
COMMIT;
\endpipeline
