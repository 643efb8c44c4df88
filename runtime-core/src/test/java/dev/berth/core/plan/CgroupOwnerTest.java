package dev.berth.core.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.berth.core.spec.SpecDefaults;
import dev.berth.spec.IdMapping;
import dev.berth.spec.Mount;
import dev.berth.spec.Namespace;
import dev.berth.spec.Spec;
import dev.berth.spec.User;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CgroupOwnerTest {
  private static final List<IdMapping> MAPPINGS =
      List.of(new IdMapping(0, 100_000, 1000), new IdMapping(1000, 5000, 1));

  @Test
  void is_the_user_of_the_program_as_he_is_mapped() {
    assertThat(CgroupOwner.of(mapped(managing(0)))).hasValue(100_000);
    assertThat(CgroupOwner.of(mapped(managing(7)))).hasValue(100_007);
    assertThat(CgroupOwner.of(mapped(managing(1000)))).hasValue(5000);
  }

  @Test
  void is_that_user_himself_without_a_user_namespace() {
    assertThat(CgroupOwner.of(managing(0))).hasValue(0);
    assertThat(CgroupOwner.of(managing(7))).hasValue(7);
  }

  @Test
  void is_nobody_of_whom_the_host_does_not_know() {
    assertThat(CgroupOwner.of(mapped(managing(1001)))).isEmpty();
    assertThat(
            CgroupOwner.of(
                with(managing(0), new Namespace(Namespace.Type.USER, "/proc/1/ns/user"))))
        .isEmpty();
  }

  @Test
  void is_nobody_who_cannot_write_to_it() {
    assertThat(CgroupOwner.of(with(SpecDefaults.spec(), new Namespace(Namespace.Type.CGROUP))))
        .isEmpty();
    assertThat(CgroupOwner.of(managing(0).withMounts(List.of()))).isEmpty();
    assertThat(CgroupOwner.of(managing(0).withMounts(List.of(mount("rw", "ro"))))).isEmpty();
    assertThat(CgroupOwner.of(managing(0).withMounts(List.of(mount("rro"))))).isEmpty();
    Mount elsewhere = new Mount("/mnt", "cgroup", "cgroup", List.of("rw"));
    assertThat(CgroupOwner.of(managing(0).withMounts(List.of(elsewhere)))).isEmpty();
  }

  @Test
  void is_nobody_who_sees_those_of_the_host_beside_it() {
    Spec managing = managing(0);
    assertThat(CgroupOwner.of(managing.withLinux(managing.linux().withNamespaces(List.of()))))
        .isEmpty();
    assertThat(
            CgroupOwner.of(
                managing.withLinux(
                    managing
                        .linux()
                        .withNamespaces(
                            List.of(new Namespace(Namespace.Type.CGROUP, "/proc/1/ns/cgroup"))))))
        .isEmpty();
  }

  /** What a systemd in a container needs, as which user. */
  private static Spec managing(long uid) {
    Spec spec = SpecDefaults.spec();
    return with(
        spec.withMounts(List.of(mount("nosuid", "rw")))
            .withProcess(spec.process().withUser(new User(uid, 0))),
        new Namespace(Namespace.Type.CGROUP));
  }

  private static Mount mount(String... options) {
    return new Mount("/sys/fs/cgroup", "cgroup", "cgroup", List.of(options));
  }

  private static Spec mapped(Spec spec) {
    Spec mapped = with(spec, new Namespace(Namespace.Type.USER));
    return mapped.withLinux(mapped.linux().withMappings(MAPPINGS, MAPPINGS));
  }

  private static Spec with(Spec spec, Namespace namespace) {
    List<Namespace> namespaces = new ArrayList<>(spec.linux().namespaces());
    namespaces.removeIf(each -> each.type() == namespace.type());
    namespaces.add(namespace);
    return spec.withLinux(spec.linux().withNamespaces(namespaces));
  }
}
