import { api, type ApiError, asApiError, bodyOf, onLoginNeeded } from "./api.ts";

/** Who is logged in, and how somebody logs in. */
interface SessionView {
  readonly isLoginNeeded: boolean;
  readonly byPassword: boolean;
  readonly byOidc: { readonly title: string } | null;
  readonly readOnly: boolean;
  readonly user: { readonly name: string | null; readonly role: Role; readonly how: string } | null;
}

const ROLES = ["viewer", "operator", "admin"] as const;
type Role = (typeof ROLES)[number];

/** The session of this browser. */
class BrowserSession {
  #view = $state.raw<SessionView | undefined>();
  #error = $state.raw<ApiError | undefined>();
  /** Who was in here when the session ended over there: by its time, or by somebody. */
  #interrupted = $state.raw<NonNullable<SessionView["user"]> | undefined>();

  constructor() {
    onLoginNeeded(() => {
      if (!this.#view?.user) return;
      this.#interrupted = this.#view.user;
      this.#view = { ...this.#view, user: null };
    });
    void this.load();
  }

  /** Undefined until the console has answered. */
  get view(): SessionView | undefined {
    return this.#view;
  }

  get error(): ApiError | undefined {
    return this.#error;
  }

  /** Whether pages may be shown. */
  get isOpen(): boolean {
    return this.#view !== undefined && (!this.#view.isLoginNeeded || this.#view.user !== null);
  }

  /** Whether somebody's pages wait for them to log in again, with what they had typed there. */
  get isInterrupted(): boolean {
    return !this.isOpen && this.#interrupted !== undefined;
  }

  /** Whose pages these are: nobody else goes on with them. */
  get owner(): string {
    const { name, role } = this.#view?.user ?? this.#interrupted ?? {};
    return JSON.stringify([name, role]);
  }

  /** Whether who is here may do what needs a role. */
  may(needed: Role): boolean {
    const role = this.#view?.user?.role;
    return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);
  }

  async load(): Promise<void> {
    try {
      this.#view = (await bodyOf(api.session.$get())) as SessionView;
      this.#error = undefined;
    } catch (error) {
      this.#error = asApiError(error);
    }
  }

  /** Throws {@link ApiError} of a refusal. */
  async logIn(name: string, password: string): Promise<void> {
    await bodyOf(api.login.$post({ json: { name, password } }));
    await this.load();
  }

  async logOut(): Promise<void> {
    const { goTo } = (await bodyOf(api.logout.$post())) as { readonly goTo: string | null };
    this.#interrupted = undefined;
    if (goTo !== null) location.assign(goTo);
    else await this.load();
  }
}

/** The one of this page. */
export const session = new BrowserSession();
