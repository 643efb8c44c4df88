/* SPDX-License-Identifier: Apache-2.0 */
/* Does nothing, and does it well. */
int main(void)
{
	return 0;
}
