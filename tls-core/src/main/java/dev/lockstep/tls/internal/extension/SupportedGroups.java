package dev.lockstep.tls.internal.extension;

import dev.lockstep.tls.internal.wire.WireReader;
import dev.lockstep.tls.internal.wire.WireWriter;
import dev.lockstep.tls.spec.ExtensionType;
import dev.lockstep.tls.spec.NamedGroup;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;

/**
 * The groups the client can do a key exchange in, its favourite first: RFC 8422 5.1.1, RFC 7919 2.
 *
 * <pre>
 * struct {
 *     NamedGroup named_group_list&lt;2..2^16-1&gt;;   // uint16 each
 * } NamedGroupList;
 * </pre>
 *
 * @param codes the numbers as they were sent, unknown ones and repetitions included
 */
@SuppressWarnings("ArrayRecordComponent") // equality is by content, below; the array is never changed
public record SupportedGroups(int[] codes) implements Extension {

    /** Returns the extension that names these groups. */
    public static SupportedGroups of(List<NamedGroup> groups) {
        return new SupportedGroups(groups.stream().mapToInt(NamedGroup::code).toArray());
    }

    /** Reads the body. */
    public static SupportedGroups parse(WireReader body) {
        int[] codes = body.uint16List16(2, 0xffff, "named_group_list");
        body.requireEnd("supported_groups");
        return new SupportedGroups(codes);
    }

    /** Returns the groups that are known here, in the client's order, each once. */
    public List<NamedGroup> known() {
        List<NamedGroup> known = new ArrayList<>();
        EnumSet<NamedGroup> seen = EnumSet.noneOf(NamedGroup.class);
        for (int code : codes) {
            NamedGroup group = NamedGroup.of(code);
            if (group != null && seen.add(group)) {
                known.add(group);
            }
        }
        return List.copyOf(known);
    }

    /** Returns the extension without what this server cannot choose: for every decision it is the same. */
    SupportedGroups essentials() {
        List<NamedGroup> known = known();
        boolean namesUnknown = namesFiniteField() && known.stream().noneMatch(NamedGroup::isFiniteField);
        int[] codes = Arrays.copyOf(of(known).codes, known.size() + (namesUnknown ? 1 : 0));
        if (namesUnknown) {
            codes[known.size()] = firstFiniteField();
        }
        return new SupportedGroups(codes);
    }

    private int firstFiniteField() {
        return Arrays.stream(codes)
                .filter(NamedGroup::isFiniteField)
                .findFirst()
                .orElseThrow();
    }

    /** Tells whether any FFDHE group was named, known or not: then RFC 7919 4 binds the choice of DHE suites. */
    public boolean namesFiniteField() {
        return Arrays.stream(codes).anyMatch(NamedGroup::isFiniteField);
    }

    @Override
    public ExtensionType type() {
        return ExtensionType.SUPPORTED_GROUPS;
    }

    @Override
    public void encodeBody(WireWriter out) {
        out.uint16List16(codes);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SupportedGroups that && Arrays.equals(codes, that.codes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(codes);
    }

    @Override
    public String toString() {
        return "SupportedGroups" + known();
    }
}
