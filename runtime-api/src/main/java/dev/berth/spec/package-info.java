/**
 * {@code config.json} of the OCI runtime specification 1.3 as records: the common part and the part
 * for Linux, property by property, under the names of the specification.
 *
 * <p>The records hold what was written, and check nothing but that what must be there is there;
 * reading and checking are the runtime's. What may be absent is {@code null} if it is a single
 * value, and empty if it is a list, a map or a group of properties; an empty string is an absent
 * one, as in every engine's encoding. Lists and maps are copied and cannot be changed, maps keep
 * their order. {@code null} for a required value, or inside a list or map, is a {@link
 * NullPointerException} of the constructor.
 *
 * @see <a href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config.md">config.md</a>
 * @see <a
 *     href="https://github.com/opencontainers/runtime-spec/blob/v1.3.0/config-linux.md">config-linux.md</a>
 */
@NullMarked
package dev.berth.spec;

import org.jspecify.annotations.NullMarked;
