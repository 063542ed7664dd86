// JDBC: see README.md.  The driver knows TCP alone, so the server listens on localhost.
import java.nio.file.*;
import java.sql.*;
import java.time.*;
import java.time.format.DateTimeFormatter;
import java.util.*;

public class Jdbc
{
	static final Map<String, String> TYPES = Map.ofEntries(Map.entry("int2", "int"), Map.entry("int4", "int"), Map.entry("int8", "int"),
		Map.entry("float4", "float"), Map.entry("float8", "float"), Map.entry("numeric", "number"), Map.entry("text", "text"), Map.entry("varchar", "text"),
		Map.entry("bool", "bool"), Map.entry("date", "date"), Map.entry("timestamp", "time"), Map.entry("timestamptz", "time"),
		Map.entry("json", "json"), Map.entry("jsonb", "json"), Map.entry("_text", "text[]"));
	static final String URL = "jdbc:postgresql://localhost:" + System.getenv("PGPORT") + "/" + System.getenv("PGDATABASE") + "?user=";

	static String form(ResultSet r, int i, String type) throws SQLException
	{
		if (r.getObject(i) == null)
			return "-";
		switch (type)
		{
			case "int": return Long.toString(r.getLong(i));
			case "float":
				double d = r.getDouble(i);
				return d == Math.rint(d) ? Long.toString((long) d) : Double.toString(d);
			case "number": return r.getBigDecimal(i).toPlainString();
			case "bool": return r.getBoolean(i) ? "t" : "f";
			case "time":
				return r.getObject(i, OffsetDateTime.class).withOffsetSameInstant(ZoneOffset.UTC).format(DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss"));
			case "text[]": return "{" + String.join(",", (String[]) r.getArray(i).getArray()) + "}";
			case "json": return r.getString(i).replace(": ", ":").replace(", ", ",");
			default: return r.getString(i);
		}
	}

	static Connection connected(String options) throws SQLException
	{
		Connection c = DriverManager.getConnection(URL + "dashboard" + options);
		try (ResultSet r = c.createStatement().executeQuery("SELECT current_setting('journey.purpose'), count(buyer) FROM sales"))
		{
			r.next();
			System.out.println("connected: " + r.getString(1) + " " + r.getLong(2));
		}
		return c;
	}

	public static void main(String[] args) throws Exception
	{
		// the ways to connect of doc/bi.md: of the URL, with `=` as it is or not, and binary transfer at once
		connected("&options=-c%20journey.purpose=reporting").close();
		connected("&options=-c%20journey.purpose%3Dreporting&binaryTransfer=true&prepareThreshold=-1").close();
		Connection c = connected("&options=-c%20journey.purpose=reporting&defaultRowFetchSize=1");

		// rows one by one through a portal
		c.setAutoCommit(false);
		for (String query : Files.readAllLines(Path.of(args[0])))
			try (ResultSet r = c.createStatement().executeQuery(query))
			{
				ResultSetMetaData m = r.getMetaData();
				String[] types = new String[m.getColumnCount() + 1];
				StringJoiner names = new StringJoiner(" ");
				for (int i = 1; i < types.length; i++)
				{
					types[i] = TYPES.getOrDefault(m.getColumnTypeName(i), m.getColumnTypeName(i));
					names.add(m.getColumnLabel(i) + ":" + types[i]);
				}
				System.out.println(names);
				while (r.next())
				{
					StringJoiner row = new StringJoiner("|");
					for (int i = 1; i < types.length; i++)
						row.add(form(r, i, types[i]));
					System.out.println(row);
				}
			}
		c.commit();
		c.setAutoCommit(true);

		Connection admin = DriverManager.getConnection(URL + "postgres");
		PreparedStatement p = c.prepareStatement("SELECT count(buyer) FROM sales WHERE id < ?");
		List<Set<Long>> counts = List.of(new TreeSet<>(), new TreeSet<>());
		for (int turn = 0; turn < 2; turn++)
		{
			if (turn == 1)
				admin.createStatement().execute("SELECT journey.consent_withdraw('b3', 'reporting')");
			for (int i = 0; i < 8; i++)
			{
				p.setInt(1, 9);
				ResultSet r = p.executeQuery();
				r.next();
				counts.get(turn).add(r.getLong(1));
			}
		}
		System.out.println("prepared: " + counts.get(0).iterator().next() + " then " + counts.get(1).iterator().next());
		if (counts.get(0).size() + counts.get(1).size() != 2)
			throw new Exception("answers of one statement differ: " + counts);
		admin.createStatement().execute("SELECT journey.consent_give('b3', 'reporting')");
	}
}
