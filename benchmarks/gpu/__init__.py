"""What a GPU would do: counted where there is none, checked and measured where there is one."""
