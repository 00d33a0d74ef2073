import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderDesk } from "../../test/render.tsx";
import { FilterBar } from "./FilterBar.tsx";
import { parseFilters } from "./filters.ts";

it("leads supervisors to the channels, and nobody else", () => {
  const { unmount } = renderDesk(<FilterBar filters={parseFilters("")} open isSupervisor />, "/channels");
  const link = screen.getByRole("link", { name: "Channels" });
  expect(link).toHaveAttribute("href", "/channels");
  expect(screen.getByRole("navigation").querySelectorAll("[aria-current]")).toHaveLength(1);
  unmount();
  renderDesk(<FilterBar filters={parseFilters("")} open isSupervisor={false} />);
  expect(screen.queryByRole("link", { name: "Channels" })).not.toBeInTheDocument();
});
