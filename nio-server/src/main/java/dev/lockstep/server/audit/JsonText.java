package dev.lockstep.server.audit;

/** A cursor over the one JSON form that the log has, and the escaping of its strings. */
final class JsonText {

    private static final int MAX_DIGITS = 18;

    private final String text;
    private int at;

    JsonText(String text) {
        this.text = text;
    }

    /** Appends {@code value} in ASCII: quote, backslash and everything that is not printable ASCII as backslash-u. */
    static void escape(String value, StringBuilder to) {
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c >= ' ' && c <= '~' && c != '"' && c != '\\') {
                to.append(c);
            } else {
                to.append("\\u");
                for (int shift = 12; shift >= 0; shift -= 4) {
                    to.append(Character.forDigit((c >> shift) & 0xF, 16));
                }
            }
        }
    }

    /** Goes past {@code literal} if it stands here. */
    boolean skip(String literal) {
        if (!text.startsWith(literal, at)) {
            return false;
        }
        at += literal.length();
        return true;
    }

    void expect(String literal) throws MalformedLineException {
        if (!skip(literal)) {
            throw new MalformedLineException("lacks " + literal + " at column " + (at + 1));
        }
    }

    void end() throws MalformedLineException {
        if (at != text.length()) {
            throw new MalformedLineException("continues after its end at column " + (at + 1));
        }
    }

    String take(int length) throws MalformedLineException {
        if (text.length() - at < length) {
            throw new MalformedLineException("ends too early");
        }
        at += length;
        return text.substring(at - length, at);
    }

    /** A whole number of at most 18 digits. */
    long number() throws MalformedLineException {
        String digits = digits();
        if (digits.isEmpty() || digits.length() > MAX_DIGITS) {
            throw new MalformedLineException("lacks a number of 1 to 18 digits at column " + (at + 1));
        }
        return Long.parseLong(digits);
    }

    /** A whole number below 2 to the power of 64. */
    long unsigned64() throws MalformedLineException {
        String digits = digits();
        try {
            return Long.parseUnsignedLong(digits);
        } catch (NumberFormatException e) {
            throw new MalformedLineException("lacks a 64-bit number at column " + (at + 1));
        }
    }

    /** A string in its quotes, with the escapes of {@link #escape} and no others. */
    String string() throws MalformedLineException {
        expect("\"");
        StringBuilder value = new StringBuilder();
        while (!skip("\"")) {
            char c = take(1).charAt(0);
            if (c < ' ' || c > '~') {
                throw new MalformedLineException("has a character that is not printable ASCII at column " + at);
            }
            value.append(c == '\\' ? escaped() : c);
        }
        return value.toString();
    }

    private char escaped() throws MalformedLineException {
        expect("u");
        int value = 0;
        for (char c : take(4).toCharArray()) {
            int digit = c <= 'f' ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw new MalformedLineException("has a wrong escape before column " + (at + 1));
            }
            value = value << 4 | digit;
        }
        return (char) value;
    }

    private String digits() {
        int from = at;
        while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
            at++;
        }
        return text.substring(from, at);
    }
}
