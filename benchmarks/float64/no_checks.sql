-- For the bare settlement: every row is taken as it stands.
CREATE VIEW 病例收 AS
SELECT * FROM 病例 WHERE 结算日期 BETWEEN DATE '2025-01-01' AND DATE '2025-12-31';
