-- 年度病例明细, what is kept of each case, and a digest: MD5 of each row's text, its halves added up
CREATE TEMP VIEW 明细 AS
SELECT 病例号, 机构, 病组, 类型, 方式, a.费用, 中医加成, a.点数, 支付(a.点数, 分子, 分母) AS 标准
FROM 算 a JOIN 池 p USING (险, 地) WHERE NOT 新技术通过;
COPY (
  SELECT 病例号, 机构 AS 机构编码, 病组 AS 病组编码, 类型 AS 病例类型, 方式 AS 清算方式, 元(费用) AS 病例费用, 中医加成, 四位(点数) AS 清算点数, 元(标准) AS 支付标准 FROM 明细
) TO '$out/年度病例明细.parquet' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1000);
COPY (
  SELECT 病例号, 类型 AS 病例类型, CASE WHEN NOT 新技术通过 THEN 方式 END AS 清算方式, 元(a.费用) AS 病例费用, 中医加成 AS 中医加成病例,
         CASE WHEN NOT 新技术通过 THEN 四位(a.点数) END AS 清算点数, CASE WHEN NOT 新技术通过 THEN 元(支付(a.点数, 分子, 分母)) END AS 病例支付标准,
         CASE WHEN 新技术通过 THEN 元((a.统筹 * 9 + 5) // 10) END AS 新技术补偿
  FROM 算 a JOIN 池 p USING (险, 地)
) TO '$out/留存.parquet' (FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION V2, DICTIONARY_SIZE_LIMIT 1000);
COPY (
  SELECT count(*) AS 行数, sum((数 >> 64)::UBIGINT)::VARCHAR AS 高, sum((数 & 18446744073709551615)::UBIGINT)::VARCHAR AS 低
  FROM (SELECT md5_number(concat_ws(chr(31), 病例号, 机构, coalesce(病组::VARCHAR, ''), 类型, 方式, 费用, 中医加成, 点数, 标准))::UHUGEINT AS 数 FROM 明细)
) TO '$out/摘要.parquet' (FORMAT parquet);
