package dev.lockstep.crypto;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Published test values as rows of hexadecimal columns; the format is told in the first lines of each file under
 * {@code vectors}.
 */
public final class VectorFile {
    private VectorFile() {}

    /** One case: its columns, and the settings above it. */
    public static final class Row {
        private final String file;
        private final Map<String, String> settings;
        private final String[] columns;

        private Row(String file, Map<String, String> settings, String[] columns) {
            this.file = file;
            this.settings = settings;
            this.columns = columns;
        }

        public String text(int column) {
            return columns[column];
        }

        public byte[] bytes(int column) {
            return unhex(columns[column]);
        }

        public String setting(String name) {
            String value = settings.get(name);
            if (value == null) {
                throw new IllegalArgumentException(this + " has no " + name);
            }
            return value;
        }

        public boolean is(String result) {
            return columns[1].equals(result);
        }

        public boolean isFlagged(String flag) {
            return List.of(columns[2].split(",")).contains(flag);
        }

        @Override
        public String toString() {
            return file + " " + columns[0];
        }
    }

    public static List<Row> rows(String file) {
        List<Row> rows = new ArrayList<>();
        Map<String, String> settings = Map.of();
        try (InputStream in = VectorFile.class.getResourceAsStream("vectors/" + file)) {
            if (in == null) {
                throw new IllegalArgumentException("no vectors/" + file);
            }
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] words = line.split(" ");
                if (words[0].equals("=")) {
                    settings = new HashMap<>(settings);
                    settings.put(words[1], words[2]);
                } else if (!words[0].equals("#")) {
                    rows.add(new Row(file, settings, words));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return rows;
    }

    public static byte[] unhex(String digits) {
        return digits.equals("-") ? new byte[0] : HexFormat.of().parseHex(digits);
    }
}
