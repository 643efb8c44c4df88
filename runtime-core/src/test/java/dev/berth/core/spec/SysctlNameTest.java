package dev.berth.core.spec;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SysctlNameTest {
  @ParameterizedTest
  @CsvSource({
    "net.ipv4.ip_forward, net/ipv4/ip_forward",
    "net/ipv4/ip_forward, net/ipv4/ip_forward",
    "net.ipv4.conf.eth0/100.forwarding, net/ipv4/conf/eth0.100/forwarding",
    "net/ipv4/conf/eth0.100/forwarding, net/ipv4/conf/eth0.100/forwarding",
    "net/ipv4.conf, net/ipv4.conf",
    "kernel, kernel",
  })
  void is_parted_by_whichever_separator_comes_first(String name, String path) {
    assertThat(SysctlName.of(name).path()).isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource({
    "net/ipv4/conf/eth0.100/forwarding, net.ipv4.conf.eth0/100.forwarding",
    "kernel/sem, kernel.sem",
  })
  void is_shown_with_dots(String name, String shown) {
    assertThat(SysctlName.of(name)).hasToString(shown);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {"..", "net..x", "net/../x", "net/./x", "/net/x", "net/x/", "net", "''"})
  void leads_nowhere_else(String name) {
    assertThat(SysctlName.of(name).isPath()).isFalse();
  }
}
