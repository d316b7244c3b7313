package dev.lockstep.server.keyserver.policy;

import java.io.IOException;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;

/** User ids as the principals that the kernel's word about a peer is compared with. */
public final class UserIds {

    private UserIds() {}

    /**
     * The principal of a user id, whether or not a user has it. Principals are compared by their ids; the difficulty is to
     * get one from a number, since the look-up tries names first: a user called {@code 1000} would pass for the user with
     * the id 1000. No user is called {@code +1000}, and the number after the sign is read all the same.
     *
     * @param uid 0 to 4,294,967,294
     * @throws IOException when the system has no such principal
     */
    public static UserPrincipal principal(long uid, UserPrincipalLookupService users) throws IOException {
        int id = (int) uid; // ids over 2^31-1 are negative numbers to the look-up
        return users.lookupPrincipalByName(id < 0 ? Integer.toString(id) : "+" + id);
    }
}
