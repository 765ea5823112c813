-- 2,000 people with a plan a year (one in fifty has none), nine invoices for every credit note.
INSERT INTO units VALUES ('big', 'big', 'BIG', 'Big', 'company', 'MXN', NULL, '2020-01-01', NULL);
INSERT INTO people SELECT md5('p' || i)::uuid, 'big', i::text, 'P ' || i, 'p ' || i, NULL, '2020-01-01', NULL FROM generate_series(1, 2000) i;
INSERT INTO placements SELECT id, '2020-01-01', 'big', 'rep', NULL, true FROM people;
INSERT INTO plan_versions SELECT md5('v' || i || '-' || y)::uuid, 'big', 'big', i || '-' || y, md5('p' || i)::uuid, 'invoiced-net', ((i * 7 + y) % 300) / 10000.0, make_date(y, 1, 1), make_date(y + 1, 1, 1) FROM generate_series(1, 2000) i, generate_series(2024, 2025) y WHERE i % 50 <> 0;
INSERT INTO documents SELECT md5('d' || i)::uuid, 'big', 'big', 'big', CASE WHEN i % 20 = 0 THEN NULL ELSE md5('p' || (1 + i % 2000))::uuid END, md5('c' || i % 5000)::uuid, i::text, md5('o' || i)::uuid, i::text, date '2024-01-01' + (i * 13) % 730, 'MXN', ((i::bigint * 7919) % 100000000) / 10000.0, 0, 0, NULL, NULL, md5('e' || i)::uuid FROM generate_series(1, 900000) i;
INSERT INTO documents SELECT md5('n' || i)::uuid, company, unit, home, rep, customer, 'N' || number, order_id, order_number, least(issued_on + 30, date '2025-12-31'), currency, -round(net / 3, 2), 0, 0, id, net, md5('ne' || i)::uuid FROM (SELECT row_number() OVER () i, * FROM documents LIMIT 100000) d;
ANALYZE;
